"""Which number leads to which people: reports, dashboards, and which channel earned a sale.

Here: questions over the facts of the warehouse, checked against who asks (`catalogue`, `questions`, `spans`), made a
plan (`planning`) and answered by a child that stands with the warehouse open (`asking`, `standing`, `child`,
`answering`, `computing`; the last two are heavy: children of the worker and the console only); reports and dashboards
that are kept, links (`services`, `public`), mailings (`posting`, `tasks`), their pages and files (`web`). Credit for
conversions among the channels of a path, by rule, by Markov chain and by Shapley value (`attribution`, heavy). Not
here: what a campaign changed against its control (prediction). Events in: none. Events out: none. To add a number: a
`Measure` in `measures`; to name columns: a `FactWords`; a dashboard for everybody: `shipped`; a way of giving credit: a
function in `attribution.WAYS`.
"""
