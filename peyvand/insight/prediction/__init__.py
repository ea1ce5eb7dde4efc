"""What customers will probably do: leave, buy again, buy with what; and what a campaign really changed.

Here: after each computation of value, per business and currency, the risk of leaving with reasons (`judging`), next
purchase, next products (`suggesting`) and baskets, kept as one forecast with its card (`compute`, `models`), shown on
pages, on a customer's page and as traits; and analyses of a bare file (`risk`, `baskets`, `uplift` over `table` and
`numbers`). What computes is heavy: children of the worker and the console only. Not here: what customers are worth so
far (value), which channel earned a sale (reports). Events in: value.ValueRefreshed. Events out: none. To add something
that the risk is learnt from: a column in `frames.known`, its words in `web/showing`. To add an analysis of a bare file:
a module here that gives a frozen dataclass with `as_plain()`, and a command in doors/console/commands.
"""
