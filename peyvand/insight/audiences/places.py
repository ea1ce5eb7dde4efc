"""Where audiences appear: the menu, the palette, the list of customers, the sample business."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.events.audiences import AudienceEntered, AudienceLeft
from peyvand.foundation.registry.declarations import Action, DemoPart, EventHandler, ImpersonalTable, MenuEntry
from peyvand.insight.audiences import access, demo, handlers, services
from peyvand.memory.customers.declarations import ConditionsAction

DECLARATIONS = (
    MenuEntry(
        name="audiences.list", label=_("Audiences"), icon="filter-heart", url_name="audiences:list", group="customer",
        order=25, permission=access.VIEW,
    ),
    Action(
        name="audiences.new", label=_("New audience"), icon="filter-plus", url_name="audiences:new", order=25,
        permission=access.EDIT,
    ),
    ConditionsAction(
        name="audiences.of_list", label=_("Save these conditions as an audience"), icon="filter-heart",
        url_name="audiences:new", permission=access.EDIT,
    ),
    DemoPart(
        name="audiences", label=_("Audiences"), remove=services.sample_remove, load=demo.sample_load, order=95,
    ),
    EventHandler(name="audiences.entered", event=AudienceEntered, function=handlers.entered),
    EventHandler(name="audiences.left", event=AudienceLeft, function=handlers.left),
    ImpersonalTable("audiences_audienceday", "how many came into an audience and went, a day"),
)  # fmt: skip
