"""A person's own data: all of it given out, or erased.

Here: the export of one person (JSON, readable HTML), the erasure, the record of both.
Not here: what is personal; each room says so of its tables in a `PersonalTable`, and a test holds every column to it.
Events in: none. Events out: CustomersErased.
"""
