"""When the house works: working hours by calendar and weekday, and holidays.

Here: holidays as data that people edit, the official ones of a country taken in by year; named calendars of working
hours; whether it is open now, when it opens next, how much open time lies between two moments (`queries`, and the pure
`hours.Calendar` for whoever asks often).
Not here: tasks, which will come to this room later; clocks of service levels and quiet hours, which ask here.
Events in: none. Events out: WorkingTimeChanged.
To ask once: `queries.is_open(at=…, demo=…)`; for many: `queries.calendar_load(demo=…)`, then its methods.
"""
