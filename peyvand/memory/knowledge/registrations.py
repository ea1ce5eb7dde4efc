"""What this room declares to the registry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.declarations import Recompute, TrackedTable
from peyvand.foundation.registry.declarations import Action, DemoPart, MenuEntry, Panel, SearchProvider
from peyvand.memory.knowledge import access, demo, panels, personal
from peyvand.memory.knowledge.services import refill, sample_remove

DECLARATIONS = (
    *personal.TABLES,
    *access.PERMISSIONS,
    TrackedTable("knowledge_category", _("Category of articles"), "folder"),
    TrackedTable("knowledge_article", _("Article"), "book-2"),
    TrackedTable("knowledge_articletext", _("Text of an article"), "language"),
    TrackedTable("knowledge_articleversion", _("Version of a text"), "history"),
    Recompute("knowledge_articleversion", refill),
    MenuEntry("knowledge", _("Knowledge"), "book-2", "knowledge:list", "work", 50, access.VIEW),
    Action("knowledge.new", _("New article"), "book-2", "knowledge:new", 60, access.EDIT),
    SearchProvider("knowledge", _("Knowledge"), panels.hits, order=40),
    Panel(
        name="knowledge.due",
        screen="home",
        slot="side",
        order=40,
        template="knowledge/panel_due.html",
        context=panels.due,
        permission=access.EDIT,
    ),
    DemoPart("knowledge", _("Knowledge"), sample_remove, demo.sample_load, order=50),
)
