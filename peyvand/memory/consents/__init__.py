"""What a customer allows: for which purpose, over which channel; every grant and withdrawal kept as a ledger.

Here: purposes, the ledger (who, when, wording, source, proof), the state that follows, the panel of a customer's page.
Not here: sending, which asks `queries.allowed`; the preference centre of the public site.
Events in: CustomersCreated (the starting purposes). Events out: ConsentsChanged.
To add a channel: a `ConsentChannel` in the registrations of the room that speaks over it.
"""
