"""How each messenger speaks, by its documents (see the adapters)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peyvand.channels.messengers.tests.fakes.server import Call, Messenger, Sends, Speak

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def botlike(messenger: Messenger, call: Call) -> tuple[int, Any]:
    """/bot<token>/<method> → {"ok": true, "result"}; /file/bot<token>/<path> → the file."""
    token, _sign, rest = call.path.removeprefix("/file").removeprefix("/bot").partition("/")
    if token != messenger.secret:
        return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
    if call.path.startswith("/file"):
        found = messenger.files.get(rest)
        return (200, found) if found is not None else (404, {"ok": False})
    if rest == "getMe":
        return 200, _ok({"id": 7, "is_bot": True, "first_name": "Shop", "username": "shop_bot"})
    if rest == "getUpdates":
        return _updates(messenger, call)
    if rest == "getFile":
        ref = call.plain["file_id"]
        return 200, _ok({"file_id": ref, "file_path": ref, "file_size": len(messenger.files.get(ref, b""))})
    if rest in ("sendMessage", "sendPhoto", "sendDocument"):
        return _send(messenger, call)
    if rest in ("setWebhook", "deleteWebhook", "answerCallbackQuery"):
        return 200, _ok(True)
    return 404, {"ok": False, "error_code": 404, "description": "Not Found: method not found"}


def _ok(result: object) -> dict[str, Any]:
    return {"ok": True, "result": result}


def _updates(messenger: Messenger, call: Call) -> tuple[int, Any]:
    """What is asked from an offset on is given; what lies below is forgotten."""
    offset = call.plain.get("offset", 0)
    messenger.queue = [one for one in messenger.queue if one["update_id"] >= offset]
    return 200, _ok(messenger.queue[: call.plain["limit"]])


def _send(messenger: Messenger, call: Call) -> tuple[int, Any]:
    chat = str(call.plain["chat_id"])
    if chat in messenger.blocked:
        said = "Forbidden: bot was blocked by the user"
        return 403, {"ok": False, "error_code": 403, "description": said}
    if chat in messenger.gone or not chat.lstrip("-").isdecimal():
        return 400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
    if len(call.plain.get("text", "")) > 4_096 or len(call.plain.get("caption", "")) > 1_024:
        return 400, {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}
    made = messenger.take(chat, call.plain.get("text") or call.plain.get("caption", ""), {**call.plain, **call.files})
    return 200, _ok({"message_id": int(made.id), "chat": {"id": int(chat)}})


def safir(messenger: Messenger, call: Call) -> tuple[int, Any]:
    """api-access-key → {"message_id", "error_data"}; the same request_id is the same message."""
    if call.headers.get("api-access-key") != messenger.secret:
        return 401, {"message": "unauthorized"}
    if call.path == "/api/v3/upload_file":
        return 200, {"file_id": f"file-{len(call.files['file'][1])}"}
    if call.path != "/api/v3/send_message":
        return 404, {}
    phone = call.plain["phone_number"]
    wrong = 8 if not (phone.startswith("98") and len(phone) == 12) else 17 if phone in messenger.gone else 0
    if wrong:
        error = {"phone_number": phone, "code": wrong, "description": "no"}
        return 200, {"message_id": None, "error_data": [error]}
    said = call.plain["message_data"]["message"]
    made = messenger.take(phone, said.get("text", ""), said, name=call.plain["request_id"])
    return 200, {"message_id": made.id, "error_data": None}


def rubika(messenger: Messenger, call: Call) -> tuple[int, Any]:
    """/v3/<token>/<method> → {"status": "OK", "data"}."""
    if call.path.startswith("/upload/"):
        return 200, {"status": "OK", "data": {"file_id": f"file-{len(call.files['file'][1])}"}}
    if call.path.startswith("/download/"):
        return 200, messenger.files[call.path.removeprefix("/download/")]
    _empty, _version, token, method = call.path.split("/")
    if token != messenger.secret:
        return 200, {"status": "INVALID_ACCESS"}
    data: dict[str, Any] = {}
    if method in ("sendMessage", "sendFile"):
        chat = call.plain["chat_id"]
        if chat in messenger.gone or not chat.startswith("b0"):
            return 200, {"status": "INVALID_INPUT", "dev_message": "chat_id is not valid"}
        data = {"message_id": messenger.take(chat, call.plain.get("text", ""), call.plain).id}
    elif method == "getUpdates":
        at = int(call.plain.get("offset_id") or 0)
        data = {"updates": messenger.queue[at:], "next_offset_id": str(len(messenger.queue))}
    elif method == "requestSendFile":
        data = {"upload_url": f"{messenger.url}/upload/1"}
    elif method == "getFile":
        data = {"download_url": f"{messenger.url}/download/{call.plain['file_id']}"}
    elif method == "getMe":
        data = {"bot": {"bot_title": "Shop", "username": "shop_bot"}}
    elif method == "getChat":
        data = {"chat": {"first_name": "سارا", "last_name": "کیانی", "username": "sara"}}
    elif method != "updateBotEndpoints":
        return 200, {"status": "INVALID_INPUT"}
    return 200, {"status": "OK", "data": data}


def whatsapp(messenger: Messenger, call: Call) -> tuple[int, Any]:
    """Bearer token; /<phone id>/messages → {"messages": [{"id"}]}; errors with codes of Graph."""
    if call.headers.get("authorization") != f"Bearer {messenger.secret}":
        return 401, {"error": {"code": 190, "message": "token"}}
    if call.path.startswith("/lookaside/"):
        return 200, messenger.files[call.path.removeprefix("/lookaside/")]
    if call.path.endswith("/media"):
        return 200, {"id": f"media{len(call.files['file'][1])}"}
    if call.path.endswith("/messages"):
        to = call.plain["to"]
        for found, code in ((messenger.gone, 131026), (messenger.blocked, 131047)):
            if to in found:
                return 400, {"error": {"code": code, "message": "no", "error_data": {"details": "not now"}}}
        text = str(call.plain.get("text", {}).get("body", ""))
        made = messenger.take(to, text, call.plain)
        return 200, {"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{made.id}"}]}
    if call.method == "GET" and call.path.strip("/") in messenger.files:
        return 200, {"url": f"{messenger.url}/lookaside{call.path}", "mime_type": "image/png"}
    if call.method == "GET" and call.path == f"/{messenger.secret}":
        return 200, {"verified_name": "Shop", "display_phone_number": "+98 21 1234 5678"}
    return 404, {"error": {"code": 100, "message": "unknown"}}


def _ends(*ends: str) -> Sends:
    return lambda call: call.path.endswith(ends)


SPEAKING: Mapping[str, tuple[Speak, Sends]] = {
    "telegram": (botlike, _ends("/sendMessage", "/sendPhoto", "/sendDocument")),
    "bale": (botlike, _ends("/sendMessage", "/sendPhoto", "/sendDocument")),
    "safir": (safir, _ends("/send_message")),
    "rubika": (rubika, _ends("/sendMessage", "/sendFile")),
    "whatsapp": (whatsapp, _ends("/messages")),
}
# How a recipient is written to at each, by their number in the test.
CHATS: Mapping[str, str] = {
    "telegram": "10{:06d}",
    "bale": "10{:06d}",
    "safir": "+98912{:07d}",
    "rubika": "b0{:06d}",
    "whatsapp": "+98912{:07d}",
}
