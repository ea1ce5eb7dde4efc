"""Which number leads to which people: how people become customers, which contact earned a sale, what a source brings.

Here: the way of each customer through the stages (`stages`, `funnel_queries`), their paths of contacts before paid
orders and the credit that these earn (`attribution`, `path_sums`), what each source cost and brought
(`acquisition_queries`); all computed by `ways` from the expressions of `way_frames` and kept by `way_services`. What
computes is heavy (attribution, path_sums, ways, way_frames): children of the worker and the console only. Not here:
what customers are worth (value), what a campaign changed against its control (prediction). Events in:
value.ValueRefreshed. Events out: none. To add a way of giving credit: a function in `attribution.WAYS`, its words in
`web/path_showing`. To add a stage: its moment in `way_frames.milestones`, its place in `stages`, its words in
`web/funnel_showing`.
"""
