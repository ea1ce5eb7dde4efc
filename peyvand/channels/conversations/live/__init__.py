"""What open inboxes hear at once: one listening connection a process, fanned out to whoever may see what moved."""
