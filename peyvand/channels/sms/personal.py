"""Accounts are the house's own."""

from __future__ import annotations

from peyvand.foundation.registry.declarations import ImpersonalTable

TABLES = (ImpersonalTable("sms_smsaccount", "lines at gateways, with their keys encrypted"),)
