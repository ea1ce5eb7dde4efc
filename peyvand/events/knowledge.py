"""What the room of knowledge tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ArticlePublished:
    """A version of an article's text in one language became the one that is read."""

    article_id: int
    language: str
    number: int
    public: bool
    demo: bool
