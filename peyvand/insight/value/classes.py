"""From three scores to a class that people understand.

Scores follow Hughes (1994, Strategic Database Marketing, ch. 6): customers are put in five groups by each measure;
here by rank, so that equal values always get equal scores: score = 1 + floor(5 (k − 1) / n), k the lowest rank of the
value among n customers, worst first. The two-dimensional table of recency against the mean of frequency and value is
ours; it is shown on the page and in docs/insight.md.
"""

from __future__ import annotations

from typing import Final

FEWEST = 5  # customers needed before five groups can mean anything
NEWCOMER_DAYS = 90  # whose first purchase is younger is a newcomer until the second score rises
WINDOW_DAYS = 365

# Rows: recency score 5 → 1. Columns: score of frequency and value together, 1 → 5.
TABLE: Final[dict[int, tuple[str, str, str, str, str]]] = {
    5: ("new", "promising", "promising", "champion", "champion"),
    4: ("new", "promising", "loyal", "loyal", "champion"),
    3: ("attention", "attention", "loyal", "loyal", "loyal"),
    2: ("dormant", "dormant", "attention", "risk", "cantlose"),
    1: ("lost", "lost", "dormant", "risk", "cantlose"),
}
ORDER: Final = ("champion", "loyal", "promising", "new", "attention", "risk", "cantlose", "dormant", "lost")

# What a source is called that means: somebody recommended us.
REFERRED = ("referral", "معرفی دوستان", "معرفی", "معرف", "friends", "word of mouth")


def class_of(*, recency: int, frequency: int, monetary: int, days_since_first: int, days_since_last: int) -> str:
    """The class of a customer with these scores; with no scores (0: too few customers) by days alone.

    "new" in the table holds only for those who really came within NEWCOMER_DAYS; the others there are "promising".
    """
    if recency == 0:
        if days_since_first <= NEWCOMER_DAYS:
            return "new"
        return "lost" if days_since_last > WINDOW_DAYS else "attention"
    together = (frequency + monetary + 1) // 2
    name = TABLE[recency][together - 1]
    return "promising" if name == "new" and days_since_first > NEWCOMER_DAYS else name
