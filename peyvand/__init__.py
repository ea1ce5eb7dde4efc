"""Peyvand: an electronic customer-relationship-management system. Floors, from low to high: see docs/architecture.md."""

__version__ = "0.1.0"
