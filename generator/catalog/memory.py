"""What was worked out of the records before: cleaned texts, slugs of names, topics; kept from build to build.

Everything here is the result of a pure function, found by all that went into it: a lost or damaged memory costs time
and changes nothing. What the results are used for is left to ``catalog``.
"""

from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct

from generator.catalog.topics import TopicRules
from generator.formulas import formulas_text
from generator.markup import safe_url
from generator.model import Record
from generator.sealed import read_sealed, write_sealed
from generator.text import clean_abstract, clean_line, clean_name, clean_title, slug, sort_key

SLUG_PREFIX = "person"
_SIZE = 16
"""Bytes of a key; 2^64 records before two are likely to share one."""

_ENCODER = msgspec.msgpack.Encoder()


class Reading(Struct, frozen=True, array_like=True):
    """A record's texts, fit to read, and the topics that the rules give it."""

    title: str
    """Plain: a line has no room for formulas."""
    title_tex: str | None
    """With its formulas as TeX, where it has some."""
    abstract: str | None
    """None: as the record has it, which is the rule and saves half of the memory."""
    journal_ref: str | None
    comment: str | None
    organization: str | None
    keywords: tuple[str, ...]
    links: dict[str, str]
    categories: tuple[str, ...]
    """The primary one first."""
    topics: tuple[str, ...]


class _Kept(Struct):
    readings: dict[bytes, Reading] = {}
    names: dict[str, tuple[str, str]] = {}
    sort_keys: dict[str, tuple[str, str]] = {}


class Memory:
    """Works out what it does not remember; `save` keeps what this run used and forgets the rest.

    Cost: 10,000 records with 41,000 names take about 3 s to work out and 0.1 s to remember.
    """

    def __init__(self, rules: TopicRules, path: Path | None = None, program: bytes = b"") -> None:
        """`path` is the memory's file, None for a run without one; `program` names the code that worked it out."""
        self._rules, self._path = rules, path
        self._maker = blake2b(program + _ENCODER.encode(rules.entries), digest_size=_SIZE).digest()
        self._old = _read(path, self._maker) if path else _Kept()
        self._used = _Kept()
        self._learned = False

    def reading(self, record: Record) -> Reading:
        """Return what a record's texts come to."""
        key = blake2b(_ENCODER.encode(record), digest_size=_SIZE).digest()
        known = self._old.readings.get(key)
        if known is None:
            known = _read_texts(record, self._rules)
            self._learned = True
        self._used.readings[key] = known
        return known

    def name(self, written: str) -> tuple[str, str]:
        """Return a person's name fit to read, '' for what is no name, and its slug."""
        known = self._used.names.get(written)
        if known is None:
            known = self._old.names.get(written)
            if known is None:
                name = clean_name(written)
                known = (name, slug(name, SLUG_PREFIX))
                self._learned = True
            self._used.names[written] = known
        return known

    def sort_key(self, name: str) -> tuple[str, str]:
        """Return the key (family name, given names) of a name in lists from A to Z."""
        known = self._used.sort_keys.get(name)
        if known is None:
            known = self._old.sort_keys.get(name)
            if known is None:
                known = sort_key(name)
                self._learned = True
            self._used.sort_keys[name] = known
        return known

    def save(self) -> None:
        """Write what was used; a folder that cannot be written is no reason to stop."""
        forgotten = len(self._used.readings) < len(self._old.readings)
        if self._path is None or not (self._learned or forgotten):
            return
        write_sealed(self._path, self._maker, _ENCODER.encode(self._used))


def _read(path: Path, maker: bytes) -> _Kept:
    """Read a memory; an empty one if there is none, if other code or other rules made it, or if it is damaged."""
    body = read_sealed(path, maker)
    if body is not None:
        with suppress(msgspec.MsgspecError):
            return msgspec.msgpack.decode(body, type=_Kept)
    return _Kept()


def _read_texts(record: Record, rules: TopicRules) -> Reading:
    written, abstract = clean_title(record.title), clean_abstract(record.abstract or "")
    title = formulas_text(written)
    categories = tuple(dict.fromkeys((*filter(None, [record.primary_category]), *record.categories)))
    return Reading(
        title=title,
        title_tex=written if written != title else None,
        abstract=None if abstract == record.abstract else abstract,
        journal_ref=(clean_line(record.journal_ref) or None) if record.journal_ref else None,
        comment=_line(record.comment),
        organization=_line(record.organization),
        keywords=tuple(filter(None, map(clean_title, record.keywords))),
        links={kind: link for kind, address in record.links.items() if (link := safe_url(address))},
        categories=categories,
        topics=rules.match((written, abstract), categories),
    )


def _line(text: str | None) -> str | None:
    return (formulas_text(clean_title(text)) or None) if text else None
