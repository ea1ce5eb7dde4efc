"""Which number leads to which people. So far: which channel earned a sale.

Here: credit for conversions among the channels of a path, by rule, by Markov chain and by Shapley value
(`attribution`; heavy: children of the worker and the console only). Not here: what a campaign changed against its
control (prediction). Events in: none. Events out: none. To add a way of giving credit: a function in
`attribution.WAYS`.
"""
