"""Who is no visitor: crawlers by the names that they give themselves (crawler-user-agents, kept up by many hands)."""

from __future__ import annotations

import re
from functools import lru_cache

from crawleruseragents import is_crawler

_OTHERS = re.compile(
    r"headless|phantomjs|puppeteer|playwright|selenium|webdriver|python-|^curl/|^wget/|java/|go-http|okhttp|axios|"
    r"node-fetch|monitor|uptime|preview|scan",
    re.IGNORECASE,
)


@lru_cache(maxsize=5_000)
def is_bot(agent: str) -> bool:
    """Whether what calls itself so is no person's browser; who says nothing is none either."""
    if len(agent) < 12:
        return True
    return _OTHERS.search(agent) is not None or bool(is_crawler(agent[:500]))
