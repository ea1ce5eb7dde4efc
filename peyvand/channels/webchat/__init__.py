"""Live help on a web site: a visitor and whoever answers, within a breath; rooms for groups with an expert.

Here: widgets and their hours, the socket, what waits for a visitor, typing, read marks, files, quick replies, the
pre-chat form, transcripts, chat rooms and their moderation, the pages of all this.
Not here: conversations and who answers (channels.conversations), whether a message may go (channels.outreach), what the
visitor looked at (channels.web).
Events in: VisitorKnown, ConversationChanged. Events out: none of its own.
To add what a browser may say: a verb in `live.verbs`. To add a word of the widget: `words`.
"""
