"""The words of a paper, as they are compared and shown. How much each counts is left to ``words``."""

import re
from itertools import pairwise

from generator.model import Record

_WORD = re.compile(r"[^\W\d_]{2,}")
_STOP = frozenset(
    "the of an and in on for to with is are we that this by from as at be it its our which can have has was were or not"
    " using use used these their such than also between into more most based via show paper propose results approach"
    " method new proceedings conference association annual meeting international volume papers journal".split()
)
READ = 1000
"""Characters of a text that are read: what a paper is about stands at its beginning."""


def text_words(text: str) -> list[str]:
    """Return the words of a text that say what it is about, lower case, without plurals, as far as it is read."""
    found = _WORD.findall(text[:READ].lower())
    return [word[:-1] if len(word) > 4 and word[-1] == "s" else word for word in found if word not in _STOP]


def words_of(record: Record, whole: bool = True) -> list[str]:
    """Return the words of a paper: those of its title count three times; its venue and categories have words too.

    Without `whole`, the abstract and keywords are left out.
    """
    words = text_words(record.title) * 3
    if whole and record.abstract:
        words += text_words(record.abstract)
    if whole and record.keywords:
        words += text_words(" ".join(record.keywords))
    words += [f"@{word}" for word in venue_words(record)]
    words += [f"#{category}" for category in record.categories]
    return words


def venue_words(record: Record) -> list[str]:
    """Return the words of where a paper appeared."""
    return text_words(record.journal_ref) if record.journal_ref else []


def phrases_of(record: Record, whole: bool = True) -> list[str]:
    """Return the pairs of words that follow one another in a paper's title and, with `whole`, its abstract."""
    found = []
    for text in (record.title, (whole and record.abstract) or ""):
        read = text_words(text)
        found += [f"{one} {other}" for one, other in pairwise(read)]
    return found
