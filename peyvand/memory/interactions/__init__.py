"""What happened: every contact between us and a customer, by any channel, as one row, through one way in.

Here: `services.record` and `record_many` for rooms, `note_add`, `call_log` and `meeting_log` for staff, who also
correct, pin, attach files and keep items private; `attach` and `detach` for anonymous history; the timeline
(`queries.timeline`), the panel of a customer's page, the page of the latest, REST routes. The table itself keeps
customers_customer.last_interaction_at (migrations/0002_history.py).
Not here: what stands behind an interaction; its room keeps that and points to it by source_kind and source_id.
Events in: CustomersCreated, CustomersChanged. Events out: InteractionsRecorded, InteractionsRemoved, InteractionsMoved.
To add a kind: an `InteractionKind` (declarations.py) in the registrations of the room that records it.
"""
