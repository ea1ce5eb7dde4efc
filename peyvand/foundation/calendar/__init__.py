"""Days and moments in two calendars, Jalali and Gregorian, each in Persian and English.

Here: the calendars themselves and month arithmetic (`calendars`), showing (`formats`), reading what people type
(`parsing`), and days, weeks, months, seasons and years as periods with their bounds in UTC (`periods`).
Stored are UTC instants and Gregorian dates only; a calendar is a way to show, read and count them.
Not here: working hours and holidays (data of other rooms), whose calendar and zone a reader has (accounts, ui).
Events in: none. Events out: none.
To add a calendar: a member of CalendarKind, its branches in `calendars.py`, its names there, and its days in the tests.
"""
