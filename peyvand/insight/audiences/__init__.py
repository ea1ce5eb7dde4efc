"""Audiences: groups of customers by conditions on anything that is known of them and anything that they did.

Here: the tree of conditions (`reading` reads and refuses, `saying` puts it in words, `asking` makes it a query),
audiences that are live, frozen or found by prediction, their members kept by events (`keeping`, `standing`), size and
sample while editing (`sizing`), why somebody is in or out, snapshots and comparing. Not here: fields and their
conditions (foundation.fields), the table of members (memory.customers, so that channels can read it), the finding of
groups (prediction). Events out: audiences.AudienceEntered, audiences.AudienceLeft. To add something that customers do:
declare a memory.customers.declarations.Behaviour in the room that keeps it.
"""
