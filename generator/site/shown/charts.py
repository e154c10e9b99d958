"""Small drawings of numbers as SVG in the page, each with its numbers in words for those who do not see it.

What is counted is left to the pages; colours and sizes to ``theme/assets``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from markupsafe import Markup

from generator.markup import escape_html

MONTHS_SHOWN = 60
"""More months than these are shown as years: a column of a chart has a few pixels at least."""
_HEIGHT = 40
_WIDE, _BAR = 10, 8
"""Units of a column with its gap, and of its bar."""


def by_period(days: Iterable[date]) -> tuple[str, list[tuple[str, int]]]:
    """Count days by month, empty months too, by year where there are too many; return "month" or "year", the counts."""
    months = Counter((day.year, day.month) for day in days)
    if not months:
        return "month", []
    every = list(_months(min(months), max(months)))
    if len(every) <= MONTHS_SHOWN:
        return "month", [(f"{year}-{month:02}", months[year, month]) for year, month in every]
    years: Counter[int] = Counter()
    for (year, _), count in months.items():
        years[year] += count
    return "year", [(str(year), years[year]) for year in range(every[0][0], every[-1][0] + 1)]


def _months(first: tuple[int, int], last: tuple[int, int]) -> Iterator[tuple[int, int]]:
    start, end = first[0] * 12 + first[1] - 1, last[0] * 12 + last[1] - 1
    for number in range(start, end + 1):
        yield number // 12, number % 12 + 1


def columns(counts: Sequence[tuple[str, int]], what: str) -> Markup:
    """Draw a column a period: ``what`` names them, "papers by month"."""
    top = max((count for _, count in counts), default=0) or 1
    bars = "".join(
        f'<rect x="{place * _WIDE + 1}" y="{_short(_HEIGHT - height)}" width="{_BAR}" height="{_short(height)}">'
        f"<title>{escape_html(label)}: {count:,}</title></rect>"
        for place, (label, count) in enumerate(counts)
        for height in [round(38 * count / top, 1)]
    )
    return _figure("bars", bars, [(label, f"{count:,}") for label, count in counts], what, max(counts, key=_size)[0])


def line(values: Sequence[tuple[str, float]], what: str, *, unit: str = "", top: float | None = None) -> Markup:
    """Draw a line through a value a period, from nought to `top` (the highest value, if not given)."""
    highest = top or max((value for _, value in values), default=0) or 1
    points = " ".join(
        f"{place * _WIDE + _WIDE // 2} {_short(39 - 38 * value / highest)}" for place, (_, value) in enumerate(values)
    )
    told = [(label, f"{_short(value, grouped=True)}{unit}") for label, value in values]
    return _figure("bars plot", f'<path d="M{points}"/>', told, what, max(values, key=_size)[0])


def _size(pair: tuple[str, float]) -> float:
    return pair[1]


def _figure(kind: str, drawing: str, told: Sequence[tuple[str, str]], what: str, most: str) -> Markup:
    first, last, name = escape_html(told[0][0]), escape_html(told[-1][0]), escape_html(what)
    numbers = dict(told)
    words = (
        f"{name[:1].upper()}{name[1:]} from {first} to {last}: {escape_html(told[0][1])} at first,"
        f" {escape_html(told[-1][1])} at last, most in {escape_html(most)}: {escape_html(numbers[most])}."
    )
    return Markup(
        f'<figure class="{kind}" style="--n:{len(told)}"><svg viewBox="0 0 {len(told) * _WIDE} {_HEIGHT}"'
        f' preserveAspectRatio="none" role="img" aria-label="{words}">{drawing}</svg>'
        f"<figcaption><span>{first}</span><span>{name}</span><span>{last}</span></figcaption></figure>"
    )


def _short(number: float, *, grouped: bool = False) -> str:
    """Write a number with a decimal at most."""
    rounded = round(number, 1)
    written = f"{rounded:,}" if grouped else f"{rounded}"
    return written.removesuffix(".0")
