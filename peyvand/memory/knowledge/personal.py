"""Articles are about the house and its wares, not about customers."""

from __future__ import annotations

from peyvand.foundation.registry.declarations import ImpersonalTable

TABLES = (
    ImpersonalTable("knowledge_category", "what articles are about"),
    ImpersonalTable("knowledge_article", "what the house knows; its owner is one of our own people", staff=True),
    ImpersonalTable("knowledge_articletext", "an article in one language"),
    ImpersonalTable("knowledge_articleversion", "what our own people have written", staff=True),
)
