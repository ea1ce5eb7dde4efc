"""The warehouse: facts that rooms declare, as Parquet files that any tool may read.

Here: loading every declared WarehouseFact from PostgreSQL in one snapshot (`engine`, heavy: children of the worker
only), the record of each load with its reconciliation (`models`, `queries`), opening the current files for
computation. Not here: what the facts mean for a customer (value), the SELECTs themselves (the room that owns the
tables). Events in: none. Events out: none. To add a fact: a WarehouseFact in the owning room's registrations.py; it is
loaded and shown from the next load on.
"""
