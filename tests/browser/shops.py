"""A shop on loopback whose pages carry the one line: in Persian and in English."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Words:
    """What a shop says."""

    title: str
    teas: tuple[str, str]
    hello: str
    for_you: str
    search: str
    stranger: str


WORDS = {
    "fa": Words("خانه‌ی چای", ("چای بهاره‌ی لاهیجان", "دمنوش به‌لیمو"), "سلام", "برای شما", "جست‌وجو", "خوش آمدید"),
    "en": Words("Tea house", ("Spring tea of Lahijan", "Lemon verbena"), "Hello", "For you", "Search", "Welcome"),
}


@dataclass
class Shop:
    """A shop in one language. `line` is what its pages carry in their head, as the page of the site gives it,
    `form` what its contact page carries besides.
    """

    language: str
    line: str = ""
    form: str = ""
    server: ThreadingHTTPServer | None = None

    @property
    def host(self) -> str:
        """Its host and port."""
        assert self.server is not None
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}"

    def page(self, path: str) -> str:
        """A page of it."""
        words, parts = WORDS[self.language], urlsplit(path)
        found = parse_qs(parts.query).get("q", [""])[0]
        number = parts.path.removeprefix("/tea/")
        name = words.teas[int(number)] if number in ("0", "1") else found or words.title
        links = " ".join(f'<a href="/tea/{n}">{tea}</a>' for n, tea in enumerate(words.teas))
        direction = "rtl" if self.language == "fa" else "ltr"
        return f"""<!doctype html><html lang="{self.language}" dir="{direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(name)} · {words.title}</title>
{self.line}</head><body><main><h1>{escape(name)}</h1>
<p data-peyvand-show="unknown" hidden>{words.stranger}</p>
<p data-peyvand-show="known" hidden>{words.hello} <b data-peyvand-text="name"></b></p>
<h2>{words.for_you}</h2><ul data-peyvand-items></ul>
{self.form if parts.path == "/contact" else ""}<nav>{links}</nav>
<form action="/search"><label>{words.search} <input name="q"></label></form></main></body></html>"""


@contextlib.contextmanager
def open_shop(language: str) -> Iterator[Shop]:
    """The shop, open until the block ends."""
    shop = Shop(language)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            raw = shop.page(self.path).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            return

    shop.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop.server.daemon_threads = True
    threading.Thread(target=shop.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield shop
    finally:
        shop.server.shutdown()
        shop.server.server_close()
