"""What a record consists of: its built-in fields and those that people add; conditions over any of them; saved views.

Here: kinds of fields with their reading, keeping and showing; custom fields; conditions; views and chosen columns.
Not here: the records. A room declares a `RecordType` and keeps custom values in a jsonb column `custom`.
Events: none. To add a kind of field: kinds.py and conditions.py; to give a record custom fields: declarations.py.
"""
