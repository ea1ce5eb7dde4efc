"""Who we know: people and organisations, how to reach them, what is known of them.

Here: customers with their identities, roles in organisations, tags and traits (`models`), the stages of their lives
(`stages`), lists put together by hand (`lists`), the verbs (`services`), the reads by right (`queries`,
`Customer.objects.visible_to`), search, the list, and a customer's page, whose panels come from the registry (screen
"customer": head, suggestion, start, tab, end), imports and export, REST routes.
Not here: what happened with them (interactions), what they bought (commerce), what they are worth (insight writes it as
traits).
Events in: none. Events out: CustomersCreated, CustomersChanged, CustomersDeleted, ListChanged.
To add a field: models.py and a migration, data.py, checking.py, web/forms.py, api.py; in the list fields.py (how it
is asked for: asks.py) and web/showing.py; in files shapes.py and imports.py.
"""
