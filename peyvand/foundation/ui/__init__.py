"""The kit every screen is built from: one look, two languages, two directions, two themes, two calendars.

Here: the page frames (`ui/shell.html` for staff, `ui/bare.html` for sign-in and errors, `ui/list.html` for lists), the
parts under `templates/ui/parts/`, the tag library `{% load ui %}`, form rendering and the localised date field
(`forms`, `fields`), charts as plain data (`charts`), keyset paging (`lists`), toasts (`toasts`), who reads (`reader`),
what the frame shows (`shell`), and the static files: tokens.css (the only raw colours), app.css, screens.css, app.js,
charts.js, datepicker.js.
Not here: any page, any business word but the nine value classes, and the filling of the shell (doors.workspace).
Events in: none. Events out: none.
To add a part: its template under templates/ui/parts, its rules in app.css, a sample of it in tests/samples.py, which
the living style page (tests/templates/kit.html) shows and axe checks in both themes. To add a word: gettext and
locale/fa.
"""
