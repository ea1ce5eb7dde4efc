"""How each provider speaks, by its documents (see the adapters)."""

from __future__ import annotations

import base64
import json
from typing import Any

from peyvand.channels.sms.tests.fakes.server import Call, Gateway

_KAVENEGAR = {"sent": 5, "delivered": 10, "failed": 11, "blocked": 14}
_SMSIR = {"sent": 5, "delivered": 1, "failed": 2, "blocked": 7}
_MELI = {"sent": "8", "delivered": "1", "failed": "2", "blocked": "35"}
_GHASEDAK = {"sent": 3, "delivered": 1, "failed": 2, "blocked": 5}


def kavenegar(gateway: Gateway, call: Call) -> tuple[int, Any]:
    """POST /v1/{key}/sms/….json → {"return": {"status", "message"}, "entries": […]}."""
    _empty, version, key, *rest = call.path.split("/")
    verb = "/".join(rest)
    if version != "v1" or key != gateway.secret:
        return 403, {"return": {"status": 403, "message": "key"}, "entries": None}
    entries: list[dict[str, Any]] = []
    if verb == "sms/sendarray.json":
        lists = [json.loads(call.form[name]) for name in ("receptor", "message", "localmessageids")]
        if any(not to.startswith("09") for to in lists[0]):
            return 411, {"return": {"status": 411, "message": "receptor"}, "entries": None}
        for to, text, ours in zip(*lists, strict=True):
            made = gateway.take(to, text, str(ours))
            made.state = "blocked" if to in gateway.blacklist else "sent"
            status = 14 if made.state == "blocked" else 1
            entries.append({"messageid": int(made.id), "status": status, "statustext": "", "receptor": to, "cost": 120})
    elif verb == "sms/statuslocalmessageid.json":
        for ours in call.form["localid"].split(","):
            one = _by_ours(gateway, ours)
            code = 100 if one is None else _KAVENEGAR[one.state]
            entries.append({"messageid": int(one.id) if one else 0, "localid": ours, "status": code, "statustext": ""})
    elif verb == "sms/receive.json":
        entries, gateway.inbox = gateway.inbox, []
    elif verb == "account/info.json":
        return 200, {"return": {"status": 200, "message": ""}, "entries": {"remaincredit": 1500, "type": "Master"}}
    else:
        return 404, {"return": {"status": 404, "message": "method"}, "entries": None}
    return 200, {"return": {"status": 200, "message": ""}, "entries": entries}


def smsir(gateway: Gateway, call: Call) -> tuple[int, Any]:
    """JSON with X-API-KEY → {"status": 1, "message", "data"}."""
    if call.headers.get("x-api-key") != gateway.secret:
        return 401, {"status": 10, "message": "key", "data": None}
    if call.path == "/v1/send/likeToLike":
        mobiles, texts = call.plain["mobiles"], call.plain["messageTexts"]
        if any(not to.startswith("09") for to in mobiles):
            return 400, {"status": 104, "message": "mobile", "data": None}
        ids = []
        for to, text in zip(mobiles, texts, strict=True):
            made = gateway.take(to, text)
            made.state = "blocked" if to in gateway.blacklist else "sent"
            ids.append(int(made.id))
        return 200, {"status": 1, "message": "", "data": {"packId": "p", "messageIds": ids, "cost": 1.0}}
    if call.path == "/v1/credit":
        return 200, {"status": 1, "message": "", "data": 1500}
    if call.path == "/v1/receive/latest":
        found, gateway.inbox = gateway.inbox, []
        return 200, {"status": 1, "message": "", "data": found}
    one = _by_id(gateway, call.path.rsplit("/", 1)[-1])
    if one is None:
        return 400, {"status": 119, "message": "id", "data": None}
    return 200, {"status": 1, "message": "", "data": {"messageId": int(one.id), "deliveryState": _SMSIR[one.state]}}


def melipayamak(gateway: Gateway, call: Call) -> tuple[int, Any]:
    """A form with user and password → {"Value", "RetStatus", "StrRetStatus"}."""
    form = call.form
    if form.get("password") != gateway.secret:
        return 200, {"Value": "0", "RetStatus": 0, "StrRetStatus": "InvalidUser"}
    verb = call.path.rsplit("/", 1)[-1]
    if verb == "SendSMS":
        if not form["to"].startswith("09"):
            return 200, {"Value": "18", "RetStatus": 18, "StrRetStatus": "receptor"}
        if form["to"] in gateway.blacklist:
            return 200, {"Value": "35", "RetStatus": 35, "StrRetStatus": "blacklist"}
        return 200, {"Value": gateway.take(form["to"], form["text"]).id, "RetStatus": 1, "StrRetStatus": "Ok"}
    if verb == "GetDeliveries2":
        one = _by_id(gateway, form["recId"])
        return 200, {"Value": _MELI[one.state] if one else "100", "RetStatus": 1, "StrRetStatus": "Ok"}
    if verb == "GetCredit":
        return 200, {"Value": "1500", "RetStatus": 1, "StrRetStatus": "Ok"}
    found, gateway.inbox = gateway.inbox, []
    return 200, {"Data": found, "MyBase": None}


def ghasedak(gateway: Gateway, call: Call) -> tuple[int, Any]:
    """A form with the key in a header → {"result": {"code", "message"}, "items"}."""
    if call.headers.get("apikey") != gateway.secret:
        return 401, {"result": {"code": 401, "message": "key"}, "items": None}
    form = call.form
    if call.path == "/v2/sms/send/simple":
        if not form["receptor"].startswith("09"):
            return 400, {"result": {"code": 400, "message": "receptor"}, "items": None}
        made = gateway.take(form["receptor"], form["message"], form["checkid"])
        made.state = "blocked" if made.to in gateway.blacklist else "sent"
        return 200, {"result": {"code": 200, "message": "success"}, "items": [int(made.id)]}
    if call.path == "/v2/account/info":
        return 200, {"result": {"code": 200, "message": ""}, "items": {"balance": 1500}}
    items = []
    for ours in form["id"].split(","):
        one = _by_ours(gateway, ours)
        items.append({"messageid": one.id if one else "", "status": _GHASEDAK[one.state] if one else 6})
    return 200, {"result": {"code": 200, "message": ""}, "items": items}


def twilio(gateway: Gateway, call: Call) -> tuple[int, Any]:
    """A form with Basic authentication → the message, or {"code", "message", "status"}."""
    given = base64.b64decode(call.headers.get("authorization", "").removeprefix("Basic ") or b"").decode()
    if given.partition(":")[2] != gateway.secret:
        return 401, {"code": 20003, "message": "Authenticate", "status": 401}
    if call.path.endswith("/Messages.json") and call.method == "POST":
        to = call.form["To"]
        if not to.startswith("+98"):
            return 400, {"code": 21211, "message": "Invalid 'To'", "status": 400}
        if to in gateway.blacklist:
            return 400, {"code": 21610, "message": "unsubscribed", "status": 400}
        return 201, {"sid": f"SM{gateway.take(to, call.form['Body']).id}", "status": "queued"}
    if call.path.endswith("/Balance.json"):
        return 200, {"balance": "12.5", "currency": "USD"}
    one = _by_id(gateway, call.path.rsplit("/", 1)[-1].removesuffix(".json").removeprefix("SM"))
    if one is None:
        return 404, {"code": 20404, "message": "not found", "status": 404}
    state = {"sent": "sent", "delivered": "delivered", "failed": "undelivered", "blocked": "failed"}[one.state]
    return 200, {"sid": f"SM{one.id}", "status": state, "error_code": None}


def _by_ours(gateway: Gateway, ours: str) -> Any:
    return next((one for one in gateway.taken if one.ours == ours), None)


def _by_id(gateway: Gateway, number: str) -> Any:
    return next((one for one in gateway.taken if one.id == number), None)


SPEAKING = {"kavenegar": kavenegar, "smsir": smsir, "melipayamak": melipayamak, "ghasedak": ghasedak, "twilio": twilio}
