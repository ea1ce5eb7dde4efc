"""Money: whole minor units of one currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.money.currencies import RIAL, RIALS_A_TOMAN, TOMAN, currency_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LARGEST = 2**63 - 1  # what a database's bigint holds


class CurrencyMismatchError(TypeError):
    """Two currencies met where only one makes sense: a mistake in the code, never the reader's."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} can't be added, subtracted or compared")


CurrencyMismatch = CurrencyMismatchError


class AmountError(ValueError):
    """What was typed is no amount; `str()` says what to type, in the language active then."""

    def __init__(self, message: _StrPromise, *, unit: str = "") -> None:
        super().__init__()
        self.message = message
        self.unit = unit

    def __str__(self) -> str:
        return self.message % {"unit": self.unit} if self.unit else str(self.message)


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units (cents; whole rials) of an ISO currency. Equality is exact; order only within one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        currency_of(self.currency)
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("minor units are whole numbers")
        if abs(self.minor) > LARGEST:
            raise AmountError(_("This amount is too large. Type a smaller one."))

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str, rounding: str = ROUND_HALF_UP) -> Money:
        """Money of an amount in major units, rounded to minor ones (halves away from zero unless said otherwise).

        `currency` may be IRT: the amount is in toman then and the money in rial. AmountError for what is too large, or
        not a number.
        """
        factor = Decimal(1)
        if currency == TOMAN:
            currency, factor = RIAL, Decimal(RIALS_A_TOMAN)
        digits = currency_of(currency).digits
        with localcontext(prec=60):
            try:
                minor = int((amount * factor).scaleb(digits).quantize(Decimal(1), rounding=rounding))
            except (InvalidOperation, ValueError, OverflowError):
                raise AmountError(_("This amount is too large. Type a smaller one.")) from None
        return cls(minor, currency)

    def to_decimal(self) -> Decimal:
        """The amount in major units (rial, not toman), exactly."""
        return Decimal(self.minor).scaleb(-currency_of(self.currency).digits)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(self.currency, other.currency)
        return other.minor


def add_by_currency(items: Iterable[Money]) -> dict[str, int]:
    """Sums of minor units, each currency for itself, in the order of first meeting."""
    sums: dict[str, int] = {}
    for item in items:
        sums[item.currency] = sums.get(item.currency, 0) + item.minor
    return sums
