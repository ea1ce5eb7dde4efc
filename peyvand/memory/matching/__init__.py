"""Who is who: possible duplicates found and explained, merged and un-merged; the quality of the base.

Here: the search for pairs (exact keys, Splink in a child of the worker), the queue, merge with a choice per field,
un-merge, redirects of merged records, the report of quality.
Not here: what moves with a merge; each room says so of its tables in a `PersonalTable`.
Events in: none. Events out: CustomersMerged, CustomersUnmerged.
"""
