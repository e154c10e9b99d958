"""Reads what people typed into one field: a line, a text, papers, names, addresses; cleaned, bounded, or refused.

Whether a paper or a person is in the digest is left to ``ground``.
"""

import re
from datetime import date

from generator.config import CATEGORY
from generator.forms.refusal import RefusedError, shown
from generator.ids import IdError, parse_address, parse_id
from generator.markup import safe_url
from generator.text import clean_line, clean_name
from generator.yamlvalue import parse_day

MAX_LINE = 300
MAX_TEXT = 2_000
MAX_NOTE = 600
MAX_ABSTRACT = 10_000
MAX_ITEMS = 200
"""Papers or names in one answer."""
_BULLET = re.compile(r"^(?:[-*+]|[0-9]{1,3}[.)])(?:\s+|$)")
_ORCID = re.compile(r"(?:(?:https?://)?(?:www\.)?orcid\.org/)?(?P<orcid>(?:[0-9]{4}-){3}[0-9]{3}[0-9Xx])/?")


def line(answer: str) -> str:
    """Read an answer of one line."""
    if "\n" in answer:
        raise RefusedError(f"one line is expected, not {shown(answer)} and more")
    return bounded(answer, MAX_LINE)


def bounded(answer: str, most: int = MAX_TEXT) -> str:
    """Read an answer as one paragraph without what no reader sees."""
    text = clean_line(answer)
    if len(text) > most:
        raise RefusedError(f"{shown(text)} has {len(text):,} characters; {most:,} are read: say it shorter")
    return text


def items(answer: str) -> list[str]:
    """Read an answer that is a list, a line each; bullets and empty lines do not count."""
    found = [bounded(_BULLET.sub("", part.strip(), count=1), MAX_LINE) for part in answer.split("\n")]
    found = [item for item in found if item]
    if len(found) > MAX_ITEMS:
        raise RefusedError(f"{len(found):,} lines where {MAX_ITEMS:,} are read; send the rest in another issue")
    return found


def groups(answer: str) -> list[list[str]]:
    """Read lists that empty lines part."""
    found = [items(part) for part in re.split(r"\n[^\S\n]*\n", answer)]
    if sum(map(len, found)) > MAX_ITEMS:
        raise RefusedError(f"more than {MAX_ITEMS:,} papers; send the rest in another issue")
    return [group for group in found if group]


def paper(answer: str, site: str) -> str:
    """Read a paper's id, DOI or address, also that of its page on the `site`, as the canonical id."""
    answer = line(answer)
    try:
        if address := page_of(answer, f"{site}papers/"):
            return parse_address(address)
        return parse_id(answer)
    except IdError:
        raise RefusedError(
            f"{shown(answer)} is no paper; give an arXiv id such as `2503.16525`, a DOI such as "
            "`10.1145/3600006.3613165`, or the paper's https address"
        ) from None


def page_of(answer: str, folder: str) -> str | None:
    """Give the last part of a page's address in a folder of the site; None for other addresses."""
    if not answer.startswith(folder):
        return None
    return re.split(r"[/?#]", answer.removeprefix(folder), maxsplit=1)[0] or None


def name(answer: str) -> str:
    """Read a person's name."""
    cleaned = clean_name(line(answer))
    if not cleaned:
        raise RefusedError(f"{shown(answer)} is no name")
    return cleaned


def day(answer: str, today: date) -> date:
    """Read a day that is not to come; without an answer it is today."""
    if not answer:
        return today
    try:
        found = parse_day(line(answer))
    except ValueError:
        raise RefusedError(f"{shown(answer)} is no day like `2025-12-11`") from None
    if found > today or found.year < 1991:
        raise RefusedError(f"the day {shown(answer)} is {'to come' if found > today else 'too long ago'}")
    return found


def orcid(answer: str) -> str | None:
    """Read an ORCID or its address; its check digit is looked at with the whole entry."""
    if not answer:
        return None
    found = _ORCID.fullmatch(line(answer))
    if found is None:
        raise RefusedError(f"{shown(answer)} is no ORCID like `0000-0002-1825-0097`")
    return found["orcid"].upper()


def address(answer: str) -> str:
    """Read an address of the web."""
    found = safe_url(line(answer))
    if found is None:
        raise RefusedError(f"{shown(answer)} is no address like `https://example.org/`")
    return found


def categories(answer: str) -> tuple[str, ...]:
    """Read arXiv categories between commas."""
    found = [part.strip() for part in line(answer).split(",") if part.strip()]
    for category in found:
        if not CATEGORY.fullmatch(category):
            raise RefusedError(f"{shown(category)} is no category of arXiv; write one like `cs.CL`")
    return tuple(dict.fromkeys(found))
