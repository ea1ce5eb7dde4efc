"""Persian and Latin text: keys to find and sort by, digits, names, identifiers, cells that are safe in a spreadsheet.

Here: search and sort keys and safe clean-up (`keys`), digits (`digits`), isolation in plain text (`bidi`), people's
names (`names`), phone, e-mail, national and company id, postal code, IBAN and card (`identifiers`, with the banks in
`banks`), and cells against formula injection (`formulas`).
Not here: the language of the interface (gettext, accounts), HTML escaping (templates), search itself (search).
Events in: none. Events out: none.
To add an identifier: a parser in `identifiers.py` that raises IdentifierError saying what to type, its Persian in
`locale/`, and known good and bad numbers in `tests/test_identifiers.py`.
"""
