"""What visitors do on our sites, and what their shops report.

Here: the tracker (static/web/web.js, a part of the site's script), the collector (`collecting`, a small ASGI
application of the public site), events partitioned by month (`web_event`, in `migrations/0002_events.py`; it has no
model), the digest that makes visits, carts and purchases of them (`digesting`, standing work of every worker), who
visitors are (`identifying`), shops that report orders, customers and products (`shops`), the pages of all this.
Not here: sites and visitors themselves (channels.sites), the address of the live profile (doors.site).
Events in: OrderPlaced. Events out: none of its own.
A *visit* is the interaction (kind "web.visit"); page views stay in `web_event`. To add a kind of shop: a `ShopKind` in
shops/, in the list of shops/__init__.py. To tell something else of an event: `events.KINDS` and `digesting.summing`.
"""
