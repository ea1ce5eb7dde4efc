"""Talking with customers over any channel: one conversation, one inbox, whoever answers.

Here: conversations with their entries (what they wrote, what we answered, what colleagues noted), `services.receive`
for the channels, replies (which go out through outreach), saved replies, giving to colleagues by rules and by hand,
telling of valuable customers who wait, snoozing, closing, merging and splitting, tags, mentions, who has read what, who
is here, the inbox and its stream.
Not here: how a channel speaks and hears (its own room), the clock of a promise (action.service): the events carry the
moments it needs, ConversationReceived.at, ConversationAnswered.waited_s, ConversationChanged.what.
Events out: ConversationReceived, ConversationAnswered, ConversationChanged, ValuableWaiting.
To let a channel in: call `services.receive` with a `data.Received`. To show how it is with the other side just now:
declare an `OtherSide`.
"""
