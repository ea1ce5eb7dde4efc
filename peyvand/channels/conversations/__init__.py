"""Talking with customers over any channel: one conversation, one inbox, whoever answers.

Here: conversations with their entries (what they wrote, what we answered, what colleagues noted), `services.receive`
for the channels, replies (which go out through outreach), assignment and routing with its reason, snoozing, closing,
tags, saved replies, mentions, merging and splitting, who is looking at what, the inbox.
Not here: how a channel speaks and hears (its own room), the clock of a promise (action.service).
Events in: MessagesSettled, CustomersChanged, CustomersMerged. Events out: ConversationReceived, ConversationAnswered,
ConversationChanged, ValuableWaiting.
To let a channel in: call `services.receive` with a `data.Received`.
"""
