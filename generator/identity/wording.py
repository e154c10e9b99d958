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


def text_words(text: str, most: int = READ) -> list[str]:
    """Return the words of the first `most` characters that say what a text is about, lower case, without plurals."""
    found = _WORD.findall(text[:most].lower())
    return [word[:-1] if len(word) > 4 and word[-1] == "s" else word for word in found if word not in _STOP]


def words_of(record: Record, most: int = READ) -> list[str]:
    """Return the words of a paper: those of its title count three times; its venue and categories have words too.

    Of the abstract `most` characters are read; with 0, the abstract and keywords are left out.
    """
    words = text_words(record.title) * 3
    if most and record.abstract:
        words += text_words(record.abstract, most)
    if most and record.keywords:
        words += text_words(" ".join(record.keywords))
    words += [f"@{word}" for word in venue_words(record)]
    words += [f"#{category}" for category in record.categories]
    return words


def venue_words(record: Record) -> list[str]:
    """Return the words of where a paper appeared."""
    return text_words(record.journal_ref) if record.journal_ref else []


def phrases_of(record: Record) -> list[str]:
    """Return the pairs of words that follow one another in a paper's title and abstract."""
    read = (text_words(text) for text in (record.title, record.abstract or ""))
    return [f"{one} {other}" for words in read for one, other in pairwise(words)]
