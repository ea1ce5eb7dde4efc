"""What a record consists of: fields that rooms declare and those people add without code, and all one can do with them.

Here: the kinds of fields (how they are parsed, shown, filtered, sorted), custom fields (`services.field_save`),
conditions over any field as data (`conditions`), which roles may not see which field, saved views of lists.
Not here: the records themselves; a room declares its kind of record as a `Subject` and keeps the values.
Events in and out: none.
To make a kind of record take custom fields: a `Subject` in its room's registrations, and a column `custom` (jsonb).
"""
