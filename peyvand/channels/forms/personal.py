"""What the tables of this room hold about people, and how their rows follow a merge and are erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable, classed

TABLES = (
    ImpersonalTable("forms_form", "what is asked of visitors; its owner is one of our own people", staff=True),
    ImpersonalTable("forms_formversion", "a form as it was asked once"),
    ImpersonalTable("forms_formday", "how often a form was opened and sent on a day"),
    PersonalTable(
        name="forms_submission",
        label=_("Forms they filled in"),
        columns=classed(
            key="id customer_id form_id interaction_id opt_in_id candidates",
            technical="demo version nonce digest address suspicion",
            identifying="visitor_key",
            descriptive="at state place language site_key confirmed_at",
            content="answers source suggestions consents",
        ),
        order=90,
        carried=False,
    ),
    PersonalTable(
        name="forms_submissionfile",
        label=_("Files of forms they filled in"),
        via=("submission_id", "forms_submission"),
        columns=classed(key="id submission_id file_id", technical="demo field"),
        files=("file_id",),
        order=91,
        carried=False,
    ),
)
