"""What was worked out of the content before: papers as they were put together, slugs of names; kept between builds.

Everything here is the result of a pure function, found by all that went into it: a lost or damaged memory costs time
and changes nothing. What the results are used for is left to ``catalog``, what a paper is made from to ``papers``.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import msgspec
from msgspec import Struct

from generator.catalog.topics import TopicRules
from generator.formulas import formulas_text
from generator.markup import safe_url
from generator.model import Paper, Record
from generator.records import FileFacts
from generator.sealed import read_sealed, write_sealed
from generator.text import clean_abstract, clean_line, clean_name, clean_title, slug, sort_key

SLUG_PREFIX = "person"
SortKey = tuple[str, str]
_SIZE = 16
"""Bytes of a key; 2^64 records before two are likely to share one."""

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


def hash_of(*values: object) -> bytes:
    """Hash values of types that msgspec encodes; the order of a dictionary's keys does not count."""
    return blake2b(_ENCODER.encode(values), digest_size=_SIZE).digest()


class Reading(Struct, frozen=True):
    """A record's texts, fit to read, and the topics that the rules give it."""

    title: str
    """Plain: a line has no room for formulas."""
    title_tex: str | None
    """With its formulas as TeX, where it has some."""
    abstract: str
    journal_ref: str | None
    comment: str | None
    organization: str | None
    keywords: tuple[str, ...]
    links: dict[str, str]
    categories: tuple[str, ...]
    """The primary one first."""
    topics: tuple[str, ...]


class Remembered(Struct, frozen=True, array_like=True):
    """A paper as it was put together, and from what."""

    made_from: bytes | None
    """A hash of all that it was put together from; None if that was no more than one time's."""
    texts: bytes
    """The hash of the record that its texts were read in, with its corrections."""
    ruled: tuple[str, ...] | None
    """The topics that the rules give it, where curators added some."""
    paper: Paper
    hash: bytes
    """Of the paper: equal hashes mean equal papers, the order of links included."""
    orcids: tuple[tuple[str, str], ...] = ()
    """(person, ORCID) as sources gave it, of people who have no entry."""
    joined: tuple[tuple[str, str], ...] = ()
    """(slug of a name, person) where a source's ORCID said whose the name is."""


class _Files(Struct):
    """By path: files of records in which nothing is wrong."""

    files: dict[str, FileFacts] = {}


class _Keys(Struct):
    """By name: its place in lists from A to Z."""

    keys: dict[str, SortKey] = {}


class _Month(Struct):
    """The papers of a month, and what they were put together by; a month may have been written by another run."""

    rules: bytes = b""
    """Of the topics."""
    around: bytes = b""
    """What every paper is made from beside what is its own."""
    papers: dict[str, Remembered] = {}


_FILES, _SORT_KEYS = "files", "sort-keys"
"""The files beside those of the months, which are named like 2025-12."""
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_Kept = TypeVar("_Kept", _Files, _Keys, _Month)


class SortKeys(dict[str, SortKey]):
    """By name: the key (family name, given names) by which it stands in lists from A to Z, worked out when asked."""

    def __missing__(self, name: str) -> SortKey:
        found = self[name] = sort_key(name)
        return found


class Memory:
    """Works out what it does not remember; `save` keeps the papers that this run used and forgets others.

    Keys to sort names by are kept as long as the program is the same, and read only if they are asked for.

    Cost: 10,000 records with 41,000 names take about 3 s to work out and 0.1 s to remember. A month is written only
    if a paper of it is new or different.
    """

    def __init__(self, folder: Path | None = None, program: bytes = b"") -> None:
        """`folder` is where it is kept, None for a run without one; `program` names the code that worked it out."""
        self._folder, self._maker = folder, program
        self._files = self._read(_FILES, _Files).files
        self._files_changed = False
        self._names: dict[str, tuple[str, str]] = {}
        self._months = {name: self._read(name, _Month) for name in self._names_of_months()}
        self._same: dict[str, Remembered] = {}
        """Papers that were made by what papers are made by now."""
        self._ruled: dict[str, Remembered] = {}
        """And those of which only the texts were read by the same rules."""
        self._papers: dict[str, Remembered] = {}
        """Of this run."""
        self._rules, self._made_by = TopicRules(()), (b"", b"")
        self._learned_of: set[str] = set()
        """Months of papers that were put together in this run."""

    def _names_of_months(self) -> list[str]:
        if self._folder is not None:
            with suppress(OSError):  # there is none, or it cannot be looked into
                return sorted(path.name for path in self._folder.iterdir() if _MONTH.fullmatch(path.name))
        return []

    def _read(self, name: str, kind: type[_Kept]) -> _Kept:
        """Read a file of the memory; an empty one if there is none, if other code made it, or if it is damaged."""
        body = read_sealed(self._folder / name, self._maker) if self._folder else None
        if body is not None:
            with suppress(msgspec.MsgspecError):
                return msgspec.msgpack.decode(body, type=kind)
        return kind()

    def known_files(self, hashes: Mapping[str, bytes]) -> dict[str, FileFacts]:
        """Return, by path, the files of records in which nothing was wrong and which are as they were.

        `hashes` are those of all files of the content now, by path.
        """
        return {path: facts for path, facts in self._files.items() if facts.hash == hashes.get(path)}

    def begin(
        self, rules: TopicRules, around: object = (), files: Mapping[str, FileFacts] = MappingProxyType({})
    ) -> None:
        """Say by what rules texts have topics, and what each paper is made from beside what is its own.

        `files` are, by path, those of records in which nothing is wrong now.
        """
        self._rules, self._made_by = rules, (hash_of(rules.entries), hash_of(around))
        if self._files != files:
            self._files, self._files_changed = dict(files), True
        for month in self._months.values():
            if month.rules == self._made_by[0]:
                self._ruled |= month.papers
                if month.around == self._made_by[1]:
                    self._same |= month.papers

    def paper(self, paper: str, made_from: bytes | None) -> Remembered | None:
        """Return a paper that was made from the same before."""
        known = self._same.get(paper)
        if known is None or made_from is None or known.made_from != made_from:
            return None
        self._papers[paper] = known
        return known

    def keep(self, remembered: Remembered) -> None:
        """Remember a paper that was put together now."""
        self._papers[remembered.paper.id] = remembered
        self._learned_of.add(_month_of(remembered))

    def hash_of(self, paper: str) -> bytes:
        """Return the hash of a paper of this run."""
        return self._papers[paper].hash

    def reading(self, paper: str, record: Record, texts: bytes) -> Reading:
        """Return what a record's texts come to; `texts` is the record's hash, `paper` the id under which it is kept."""
        known = self._ruled.get(paper)
        if known is None or known.texts != texts:
            return _read_texts(record, self._rules)
        was = known.paper
        return Reading(
            title=was.title,
            title_tex=was.title_tex,
            abstract=was.abstract,
            journal_ref=was.journal_ref,
            comment=was.comment,
            organization=was.organization,
            keywords=was.keywords,
            links=was.links,
            categories=was.categories,
            topics=was.topics if known.ruled is None else known.ruled,
        )

    def name(self, written: str) -> tuple[str, str]:
        """Return a person's name fit to read, '' for what is no name, and its slug."""
        known = self._names.get(written)
        if known is None:
            name = clean_name(written)
            known = self._names[written] = (name, slug(name, SLUG_PREFIX))
        return known

    @cached_property
    def sort_keys(self) -> SortKeys:
        """The keys to sort names by."""
        kept = self._read(_SORT_KEYS, _Keys).keys
        self._known_keys = len(kept)
        return SortKeys(kept)

    def save(self) -> None:
        """Write what was used; a folder that cannot be written is no reason to stop."""
        if self._folder is None:
            return
        if self._folder.is_file():  # no memory of ours stands in a file
            with suppress(OSError):
                self._folder.unlink()
        months: dict[str, dict[str, Remembered]] = defaultdict(dict)
        for paper, remembered in self._papers.items():
            months[_month_of(remembered)][paper] = remembered
        for name in sorted(self._months.keys() | months.keys()):
            papers, old = months[name], self._months.get(name, _Month())
            if not papers:
                with suppress(OSError):
                    (self._folder / name).unlink(missing_ok=True)
            elif name in self._learned_of or len(papers) < len(old.papers) or (old.rules, old.around) != self._made_by:
                self._write(name, _Month(*self._made_by, papers))
        if self._files_changed:
            self._write(_FILES, _Files(self._files))
        if "sort_keys" in self.__dict__ and len(self.sort_keys) > self._known_keys:
            self._write(_SORT_KEYS, _Keys(self.sort_keys))

    def _write(self, name: str, kept: _Files | _Keys | _Month) -> None:
        if self._folder is not None:
            write_sealed(self._folder / name, self._maker, msgspec.msgpack.encode(kept))


def _month_of(remembered: Remembered) -> str:
    day = remembered.paper.day
    return f"{day.year:04}-{day.month:02}"


def _read_texts(record: Record, rules: TopicRules) -> Reading:
    written, abstract = clean_title(record.title), clean_abstract(record.abstract or "")
    title = formulas_text(written)
    categories = tuple(dict.fromkeys((*filter(None, [record.primary_category]), *record.categories)))
    return Reading(
        title=title,
        title_tex=written if written != title else None,
        abstract=abstract,
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
