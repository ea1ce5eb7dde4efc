"""What happens here, told to other programs as it happens: signed webhooks by the Standard Webhooks specification.

Here: endpoints (address, events, secrets), deliveries and each try of them, the signature, the
sender that every worker keeps running (`sending.stand`), the pages of all this.
Not here: which events go out and what a message says of them (each room declares its own); the queue of events is the
outbox's; the wire itself and where a message may go are `outside`'s.
Events in: those that rooms declare. Events out: none.
To let an event go out: `*going_out(WebhookEvent(…))` in the registrations of the room whose event it is.
"""
