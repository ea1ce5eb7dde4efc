"""What comes in: read from mailboxes or handed over by a provider, understood, kept once."""
