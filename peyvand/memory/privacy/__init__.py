"""A person's own data: all of it given out, or erased.

Here: the export of one person (a page to read, JSON with the history of every row, and the files), bringing it in
elsewhere (`carrying`), the erasure, digests that know an erased address again, the check of what is declared.
Not here: what is personal; each room says so of its tables in a `PersonalTable`, and a test holds every column to it.
Events in: none. Events out: none of its own; an erasure publishes CustomersDeleted.
"""
