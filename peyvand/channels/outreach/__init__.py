"""One way out (law 2): whatever reaches a customer is asked for here, passes one gate, and stands in one ledger.

Here: `services.send` and `send_many`; the gate (permission, suppression, frequency, quiet hours, budget, the provider's
limits) with its reasons; the ledger with its states and the dispatcher that every worker keeps running; suppressions,
caps, quiet hours, budgets, rules of purposes; templates with merge fields; what a recipient prefers, and their links.
Not here: speaking to a provider (each channel's room, as a `Carrier`), conversations, the public pages themselves
(doors.site), whom a campaign is for (action.marketing).
Events in: none. Events out: MessagesSent, MessagesSettled, SuppressionAdded.
To add a channel: a `Carrier` in its room's registrations. To add a merge field: a `MergeField`.
"""
