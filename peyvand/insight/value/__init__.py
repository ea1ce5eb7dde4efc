"""What each customer is worth, and who is slipping away, as of a date.

Here: recency, frequency and value with their classes, revenue and margin, Pareto, cohorts, silence against one's own
rhythm, movement between classes (`compute`, heavy: children of the worker only); lifetime value by models that must
first foretell held-out weeks (`lifetime`, over the mathematics of `fitting`; `file` does it for a bare file on the
console; both heavy); contracts, who stays and what that is worth (`contracting`, heavy); costs charged to customers
(`charging` by `weighing` and `sharing`) and to orders (`order_charges`), and what is left of each (`profit`), scores by
a window and basis of one's own (`scoring`), all heavy; what orders were charged as a fact (`facts`); share of wallet
(`wallet`, `profit_queries`); the snapshots that pages read (`models`, `queries`); the dashboard, the panels on a
customer's page and on home; traits written into memory.
Not here: moving facts into files (warehouse), churn risk and next purchases (prediction). Events in:
transfer.TransferFinished, transfer.TransferUndone. Events out: value.ValueRefreshed. To add a figure: compute it in
`compute`, keep it in the snapshot's payload, show it in web/.
"""
