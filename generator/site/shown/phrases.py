"""Numbers and days in the words of a page, as filters for templates.

What a page says with them is left to ``theme/pages``.
"""

from collections.abc import Callable
from datetime import date
from functools import cache


def number(count: int) -> str:
    """Write a number with its thousands apart: ``6,132``."""
    return f"{count:,}"


def some(count: int, noun: str) -> str:
    """Write so many of something: ``1 paper``, ``6,132 papers``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def papers(count: int) -> str:
    """Write so many papers."""
    return some(count, "paper")


def day_long(day: date) -> str:
    """Write a day for a heading: ``Friday, 21 March 2025``."""
    return f"{day:%A}, {day.day} {day:%B %Y}"


@cache
def day_short(day: date) -> str:
    """Write a day for a line of facts: ``21 Mar 2025``."""
    return f"{day.day} {day:%b %Y}"


def day_tiny(day: date) -> str:
    """Write a day beside others of its weeks: ``Fri 21 Mar``."""
    return f"{day:%a} {day.day} {day:%b}"


PHRASES: dict[str, Callable[..., str]] = {
    phrase.__name__: phrase for phrase in (number, some, papers, day_long, day_short, day_tiny)
}
