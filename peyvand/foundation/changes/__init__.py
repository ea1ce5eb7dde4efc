"""Everything can be taken back (law 5): who changed which row, from what to what, and the way back.

Here: change sets (`services.change_set`, `record`), the capture of tracked tables by triggers (`tracking.track` in a
migration), undo over any of them (`services.undo`), the sealed chain of digests and its verifier (`sealing`), the audit
pages.
Not here: what an edit means (each room's services), erasing a person (privacy of each room; it calls
`services.images_erase`).
Events in: none. Events out: none.
To track a table: `track("room_table", exclude=(…))` in the room's migration. When excluded columns follow from others
(search keys), declare a `Recompute` in the room's registrations. To name a kind of set: `declarations.KindOfSet`.
"""
