"""Accounts are the house's own; of a mail that was found only numbers are kept here."""

from __future__ import annotations

from peyvand.foundation.registry.declarations import ImpersonalTable

TABLES = (
    ImpersonalTable("email_emailaccount", "addresses of the house, with their secrets encrypted"),
    ImpersonalTable("email_emailfolder", "folders of the house's own mailboxes"),
    ImpersonalTable("email_emailseen", "numbers of mails in a folder and what became of each; no word of any"),
)
