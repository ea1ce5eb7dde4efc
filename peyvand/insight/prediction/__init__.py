"""What customers will probably do: leave, buy again, buy with what; and what a campaign really changed.

Here: risk of leaving with calibrated probabilities and reasons (`risk`, `learning`), baskets and their rules
(`baskets`), the effect of a campaign against its control (`uplift`), tables of a bare file (`table`, `numbers`). All of
these are heavy: children of the worker and the console only. Not here: what customers are worth so far (value), which
channel earned a sale (reports). Events in: none. Events out: none. To add an analysis of a bare file: a module here
that gives a frozen dataclass with `as_plain()`, and a command in doors/console/commands.
"""
