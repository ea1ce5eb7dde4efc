"""What was sold: products, orders with lines, payments, cancellations, returns, contracts, each also an interaction.

Here: the verbs (`services`), the reads (`queries`), the figures kept by the database (migrations/0002_sums.py), files
of orders and products coming in (`imports`) and going out (`exports`), what the warehouse takes (`facts`), how it
reads on the timeline (`timeline`), staff pages (`web`) and routes (`api`).
What was spent, and standing prices: `costs` among models, services, queries and imports, cost_views among the pages;
how it is charged to customers is insight.value's.
Not here: who customers are (customers), what they are worth (insight), offers and price lists (later, in this room).
Events in: none. Events out: events/commerce.py (OrderPlaced, OrderDelivered, OrderCancelled, OrderReturned,
PaymentRecorded, ProductSaved, ContractSigned, ContractRenewed, ContractEnded, and OrdersImported once a file).
A kind of contract or a reason why one ends: models/contracts.py.
To add a way an order comes: web/forms.ORDER_CHANNELS and timeline.WAYS. A column of the import: imports/columns.py and
the writer beside it. A figure of an order: the column, its trigger and queries.WRONG_FIGURES.
"""
