"""Events told to other programs: signed, retried, every delivery kept on a page.

Here: endpoints, their secrets and rotation, the queue of deliveries, the filter of addresses, the page of deliveries.
Not here: what the events say; a room declares what it tells as a `WebhookEvent`.
Events in: those that rooms declare. Events out: none.
To tell a new event: a `WebhookEvent` in the registrations of the room that publishes it.
"""
