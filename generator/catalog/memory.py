"""What was worked out of the content before: papers as they were put together, slugs of names; kept between builds.

Everything here is the result of a pure function, found by all that went into it: a lost or damaged memory costs time
and changes nothing. What the results are used for is left to ``catalog``, what a paper is made from to ``papers``.
"""

from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType

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


class _Kept(Struct):
    rules: bytes = b""
    """Of the topics."""
    around: bytes = b""
    """What every paper is made from beside what is its own."""
    papers: dict[str, Remembered] = {}
    files: dict[str, FileFacts] = {}
    """By path: files of records in which nothing is wrong."""
    names: dict[str, tuple[str, str]] = {}
    sort_keys: dict[str, tuple[str, str]] = {}


class Memory:
    """Works out what it does not remember; `save` keeps what this run used and forgets the rest.

    Cost: 10,000 records with 41,000 names take about 3 s to work out and 0.1 s to remember.
    """

    def __init__(self, path: Path | None = None, program: bytes = b"") -> None:
        """`path` is the memory's file, None for a run without one; `program` names the code that worked it out."""
        self._path, self._maker = path, program
        self._old = _read(path, self._maker) if path else _Kept()
        self._used = _Kept()
        self._rules = TopicRules(())
        self._learned = self._recalled = False

    def known_files(self, hashes: Mapping[str, bytes]) -> dict[str, FileFacts]:
        """Return, by path, the files of records in which nothing was wrong and which are as they were.

        `hashes` are those of all files of the content now, by path.
        """
        files = self._old.files
        return {path: facts for path, facts in files.items() if facts.hash == hashes.get(path)}

    def begin(
        self, rules: TopicRules, around: object = (), files: Mapping[str, FileFacts] = MappingProxyType({})
    ) -> None:
        """Say by what rules texts have topics, and what each paper is made from beside what is its own.

        `files` are, by path, those of records in which nothing is wrong now.
        """
        self._rules = rules
        self._used.rules, self._used.around = hash_of(rules.entries), hash_of(around)
        self._used.files = dict(files)
        if self._old.rules != self._used.rules:
            self._old.papers = {}

    def paper(self, paper: str, made_from: bytes | None) -> Remembered | None:
        """Return a paper that was made from the same before."""
        known = self._old.papers.get(paper)
        if known is None or made_from is None or known.made_from != made_from or self._old.around != self._used.around:
            return None
        self._used.papers[paper] = known
        self._recalled = True
        return known

    def keep(self, remembered: Remembered) -> None:
        """Remember a paper that was put together now."""
        self._used.papers[remembered.paper.id] = remembered
        self._learned = True

    def hash_of(self, paper: str) -> bytes:
        """Return the hash of a paper of this run."""
        return self._used.papers[paper].hash

    def reading(self, paper: str, record: Record, texts: bytes) -> Reading:
        """Return what a record's texts come to; `texts` is the record's hash, `paper` the id under which it is kept."""
        known = self._old.papers.get(paper)
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
        old, used = self._old, self._used
        same = (old.rules, old.around, old.files) == (used.rules, used.around, used.files)
        forgotten = len(used.papers) < len(old.papers)
        if self._path is None or not (self._learned or forgotten or not same):
            return
        if self._recalled:  # whose names nobody asked for
            used.names, used.sort_keys = old.names | used.names, old.sort_keys | used.sort_keys
        write_sealed(self._path, self._maker, _ENCODER.encode(used))


def _read(path: Path, maker: bytes) -> _Kept:
    """Read a memory; an empty one if there is none, if other code made it, or if it is damaged."""
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
