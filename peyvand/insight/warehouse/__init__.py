"""The warehouse: facts that rooms declare, as Parquet files that any tool may read.

Here: noting which rows changed (`watching`), moving those rows into files (`feed`, `parts`, `place`; heavy ones in
children of the worker only), keeping that going (`standing`, `child`), the record of each load with its reconciliation
(`models`, `services`, `queries`), opening the current files for computation (`engine`; on a cluster, `spark`), pages.
Not here: what the facts mean for a customer (value), the SELECTs themselves (the room that owns the tables). Events
in: none. Events out: none. To add a fact: a WarehouseFact in the owning room's registrations.py; it is loaded and shown
from the next load on.
"""
