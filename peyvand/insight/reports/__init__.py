"""Every number leads to people: reports, dashboards; how people become customers, and what a source costs and brings.

Here, of reports: questions over the facts of the warehouse, checked against who asks (`catalogue`, `questions`,
`spans`; what stands outside the warehouse: `sides`), made a plan (`planning`) and answered by a child that is started
when somebody asks, and ahead of the first look after a load for what is in use (`usage`; `asking`, `standing`, `child`,
`answering`, `computing`, `cubes`, `expressions`, `people_beside`);
the records behind a number (`rows`); reports and dashboards that are kept, links (`services`, `public`), mailings
(`posting`, `tasks`), their pages and files (`web`). Of ways: the way of each customer through the stages (`stages`,
`funnel_queries`), their paths of contacts before paid orders and the credit that these earn (`attribution`,
`path_sums`), what each source cost and brought (`acquisition_queries`); all computed by `ways` from the expressions of
`way_frames` and kept by `way_services`. Heavy, so in children of the worker and the console only: answering,
computing, cubes, expressions, people_beside, attribution, path_sums, ways, way_frames. Not here: what customers are
worth (value), what a campaign changed against its control (prediction). Events in: value.ValueRefreshed. Events out:
none. To add a number: a `Measure` in `measures`;
to name columns: a `FactWords`; a dashboard for everybody: `shipped`; a way of giving credit: a function in
`attribution.WAYS`, its words in `web/path_showing`; a stage: its moment in `way_frames.milestones`, its place in
`stages`, its words in `web/funnel_showing`.
"""
