"""Share of wallet: what a customer buys of us, of all that they say they spend on such things."""

from __future__ import annotations

from typing import Final

STATED: Final = "stated_spending"  # the trait: yearly spending with everybody, in its currency, as of its day


def share(*, own: int, stated: int) -> float | None:
    """Own yearly orders over the yearly spending that the customer stated, both in minor units of one currency.

    The requirement-based share of Du, Kamakura & Mela (2007, *Size and share of customer wallet*, Journal of Marketing
    71(2), eq. 1): share = own ÷ total. None where nothing above zero was stated. Above 1 where more was bought of us
    than was stated: the statement is out of date, and the page says so.
    """
    return own / stated if stated > 0 else None
