"""Days as publishers write them: ``2025/12/11``, ``2025-12``, ``Dec 11, 2025``, ``11 December 2025``.

Which field a day stands in is left to each source's module.
"""

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2})(?!\d))?)?(?!\d)")
_MONTH_FIRST = re.compile(
    r"(?P<month>[A-Za-z]{3,9})\.?\s+(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<year>\d{4})(?!\d)"
)
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[\s-]+(?P<month>[A-Za-z]{3,9})\.?,?[\s-]+(?P<year>\d{4})(?!\d)"
)


def read_date(written: str) -> date | None:
    """Read a day; of a month or a year alone its first one; None where there is no date."""
    text = written.strip()[:60]
    for form in (_NUMBERS, _MONTH_FIRST, _DAY_FIRST):
        if found := form.match(text):
            return build_date(found["year"], found["month"], found["day"])
    return None


def build_date(year: str | None, month: str | None = None, day: str | None = None) -> date | None:
    """Build a day of its parts, where a month may be a name; of a month or a year alone its first one."""
    try:
        return date(int(year or ""), _month(month) if month else 1, int(day) if day and month else 1)
    except ValueError:
        return None


def _month(written: str) -> int:
    """Read a month.

    Raises: ValueError.
    """
    return int(written) if written.isdecimal() else _MONTHS.index(written[:3].lower()) + 1
