"""Money in integer minor units with its currency, and numbers as a reader sees them.

Here: currencies and their minor digits (`currencies`), Money and its arithmetic (`amounts`), amounts as people type
them (`parsing`), money, numbers and percents as they are shown (`formats`).
The Rial has no minor unit here and is stored as it is; the Toman (10 rial) is a way to type and show it, by setting.
Currencies are never added together or compared in size. No floats but in `format_number` and `format_percent`.
Not here: rates between currencies, taxes, prices (commerce).
Events in: none. Events out: none.
To add a currency: a line in `currencies.py` and its Persian in `locale/`.
"""
