"""Peyvand: electronic customer-relationship management. Floors, from low to high: see docs/architecture.md."""

__version__ = "0.1.0"
