"""What a file is by its first bytes, set against what it is said to be."""

from __future__ import annotations

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-executable"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
)
_IN_ZIP = "application/vnd.openxmlformats-officedocument."
_IN_OLE = {
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.ms-outlook",
}
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # UTF-16
_TEXT = ("text/", "application/json", "application/xml", "application/x-ndjson")
HEAD = 8192


def kind_of(head: bytes) -> str:
    """The type that the first bytes show: a known one, "text/plain", or "application/octet-stream"."""
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if head[8:12] == b"WEBP" else "audio/wav"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    for magic, kind in _MAGIC:
        # Two letters alone are no proof: "BM" and "MZ" begin words too.
        if head.startswith(magic) and (len(magic) > 2 or kind == "application/gzip" or b"\x00" in head[:64]):
            return kind
    return "text/plain" if b"\x00" not in head or head.startswith(_MARKS) else "application/octet-stream"


def agrees(declared: str, head: bytes) -> bool:
    """Whether the first bytes bear out the declared type. An empty file may be anything; text may be packed by gzip."""
    said = declared.partition(";")[0].strip().lower()
    shown = kind_of(head)
    if not head or said in ("", "application/octet-stream") or said == shown:
        return True
    if said.startswith(_TEXT):
        return shown in ("text/plain", "application/gzip")
    if shown == "application/zip":
        return said.startswith((_IN_ZIP, "application/vnd.oasis.opendocument.")) or said.endswith(
            ("+zip", "zip-compressed")
        )
    if shown == "application/x-ole-storage":
        return said in _IN_OLE
    if shown == "application/gzip":
        return said in ("application/x-gzip", "application/x-compressed")
    known = {kind for _, kind in _MAGIC} | {"image/webp", "audio/wav", "video/mp4"}
    return not (said in known or said.startswith(_IN_ZIP) or said in _IN_OLE or shown in known)
