"""Nothing leaves before commit (law 6): events are rows of the writer's own transaction, read in commit order.

Here: `services.publish`, the reader that brings events to their handlers (`delivery.deliver_pending`), what becomes of
an event on the wire (`wire`), retries, dead letters and their page.
Not here: what an event means (peyvand/events and the rooms that handle it), the loop that calls the reader (jobs).
Events in: all. Events out: none.
To handle an event: declare `EventHandler(name, event, function)` in the room's registrations. The function runs in a
transaction with the note that it ran, so what it writes happens once; what it does outside the database must bear a
repetition.
"""
