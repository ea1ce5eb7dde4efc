"""Forms that visitors and customers fill in: on a page of their own, on any site, in the chat, on a kiosk.

Here: forms with their steps, fields, conditions and consent lines, what was filled in, the rules by which it makes or
completes a customer (a stranger never overwrites a known one), spam defence, double opt-in, the pages of all this.
Not here: the public address (doors.site), permissions themselves (memory.consents).
Events in: none. Events out: FormSubmitted.
"""
