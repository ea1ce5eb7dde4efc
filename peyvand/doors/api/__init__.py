"""The API for programs, under /api/v1/.

Here: who calls (bearer tokens only; a staff session never counts), errors as problem+json (RFC 9457), answers kept by
`Idempotency-Key`, the OpenAPI document and its page, and the routers of the rooms, mounted.
Not here: routes; every room keeps its own in `api.py`, and checks through its services with `request.actor`.
Events in and out: none.
To mount a room's routes: `mounting.ROUTERS`; a new kind of refusal: `problems`.
"""
