"""The search index: Pagefind over one small HTML file a paper. The search page itself is ``theme``'s.

One index a period, each made from that period's papers alone, so that a new day reindexes a few hundred papers and
not the past. ``theme/assets/search.js`` asks the newest one first and merges the others; by what a list can be sorted
stands beside the indexes, because it changes more often than they do.
"""

import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from generator.beside import Works, end_with_parent
from generator.catalog.catalog import Catalog
from generator.errors import BuildError
from generator.formulas import formulas_text
from generator.markup import plain_note
from generator.model import Paper
from generator.site.cards import hue_of
from generator.site.categories import has_page
from generator.site.fingerprints import fingerprint
from generator.site.paper_prints import PaperPrints
from generator.text import xml_text

FOLDER = "pagefind"
OLDER = f"{FOLDER}/older.json"
ORDER = f"{FOLDER}/order.json"
ENOUGH = 400
"""Papers from which on an index is closed: half a second's work, and few enough files for a search to ask for."""
_UNUSED = ("pagefind-*.js", "pagefind-*.css")
"""What Pagefind adds and our own search page does without: interfaces, marks on pages, a worker."""
_ENGINE = ("pagefind.js", "wasm.*")
"""The part of Pagefind that is the same for every index: only the newest keeps it."""
_PIECES = {"PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE": "4000"}
"""For Pagefind: a fifth of its usual size of a piece of an index. A word is found in one piece of each index, and what
a browser reads, unpacks and waits for is that much less. A Pagefind that does not know it makes larger ones."""
AUTHORS_INDEXED = 400
"""Words find a paper of 3,303 authors by the first of them; the filter knows them all."""
AUTHORS_SHOWN = 3
EVERY = "qqevery"
"""A word that every document has: asked for no word, Pagefind would load the whole index. ``search.js`` has it too."""
AUTHOR_FILTERS = 32
"""Pagefind reads a filter whole: ten thousand people are dealt out over so many that one of them is a few kilobytes."""
_JOINED = re.compile(r"(?<![^\W_])[^\W_]++(?:[-\u2010-\u2015/.][^\W_]++)++")
"""Tried where a word begins, and given up where it ends: most words are not joined to another."""
_JOINTS = re.compile(r"[-\u2010-\u2015/]")
_PLAIN = re.compile(r"[^\W\d_][^\W\dA-Z_]+")
"""A word without a capital or a digit inside."""
_EPOCH = date(1970, 1, 1).toordinal()


def periods(papers: Iterable[Paper]) -> dict[str, list[Paper]]:
    """Group papers by the month of their day, oldest first; months join until they hold ``ENOUGH`` papers.

    The grouping depends on the papers alone, and a new day touches the newest group only. Within a group by id.
    """
    months: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        months[f"{paper.day.year}-{paper.day.month:02}"].append(paper)
    grouped: dict[str, list[Paper]] = {}
    label, held = "", ENOUGH
    for month in sorted(months):
        if held >= ENOUGH:
            label, held = month, 0
            grouped[label] = []
        grouped[label] += months[month]
        held += len(months[month])
    return {label: sorted(inside, key=lambda paper: paper.id) for label, inside in grouped.items()}


@dataclass(frozen=True)
class Index:
    """One index: of which papers, and where it lies."""

    folder: str
    """``pagefind/2025-09/``; the newest one's is ``pagefind/``, with the engine that searches them all."""
    papers: tuple[Paper, ...]
    made_from: bytes


class Search:
    """The indexes of a catalog."""

    def __init__(self, prints: PaperPrints, program: bytes) -> None:
        self.catalog = catalog = prints.catalog
        self._scores = prints.scores
        around = (program, catalog.config.language)
        topic_names = cache(partial(_topic_names, catalog))
        grouped = periods(catalog.papers.values())
        newest = next(reversed(grouped), None)
        self.indexes = [
            Index(
                folder=f"{FOLDER}/" if label == newest else f"{FOLDER}/{label}/",
                papers=tuple(papers),
                made_from=fingerprint(
                    around,
                    label == newest,
                    [(prints.words(paper.id), prints.row(paper.id), topic_names(paper.topics)) for paper in papers],
                ),
            )
            for label, papers in reversed(grouped.items())
        ]
        """Newest first."""
        self._making: Works[None] | None = None

    def older_json(self) -> bytes:
        """Write the folders of the older indexes, newest first, below ``pagefind/``: the search page merges them."""
        return msgspec.json.encode([index.folder.removeprefix(f"{FOLDER}/") for index in self.indexes[1:]])

    def order(self) -> dict[str, dict[str, list[int]]]:
        """Return, by an index's folder, the numbers to sort its papers by, in the order of its ``keys.json``.

        ``date`` is in days since 1970, ``upvotes`` are votes as of the newest measurement, ``score`` is in tenths.
        """
        return {
            index.folder.removeprefix(f"{FOLDER}/"): {
                "date": [paper.day.toordinal() - _EPOCH for paper in index.papers],
                "upvotes": [(paper.measured.upvotes or 0) if paper.measured else 0 for paper in index.papers],
                "score": [self._scores.points(paper) or 0 for paper in index.papers],
            }
            for index in self.indexes
        }

    def start(self, stale: Iterable[Index], stage: Path) -> None:
        """Begin to make `stale` indexes below `stage`, one after the other, beside what else is done."""
        self._making = Works([partial(_make, self.catalog, index, stage) for index in stale], 1)

    def finish(self, told: Callable[[int], None]) -> None:
        """Wait until all indexes are made; `told` is how many are, each time that it is one more.

        Raises:
            BuildError: Pagefind failed.
        """
        for done, _ in enumerate(self._making or (), 1):
            told(done)

    def close(self) -> None:
        """Give up what is still being made."""
        if self._making is not None:
            self._making.stop()


def _make(catalog: Catalog, index: Index, stage: Path) -> None:
    """Let Pagefind make one index in `stage`.

    Raises:
        BuildError: Pagefind failed.
    """
    # Imported here, in the process that makes the index: the others need none of it.
    from pagefind.service import get_executable

    from generator.site.index_order import settle

    program = get_executable()
    if program is None:
        raise BuildError("pagefind", "its program is not installed; install pagefind[bin]")
    newest = index.folder == f"{FOLDER}/"
    with TemporaryDirectory(prefix="search-", dir=stage.parent) as scratch:
        site, bundle, log = Path(scratch, "site"), Path(scratch, "bundle"), Path(scratch, "log")
        for paper in index.papers:
            path = site / "papers" / paper.address / "index.html"
            path.parent.mkdir(parents=True)
            path.write_text(_document(catalog, paper), "utf-8")
        command = [str(program), "--site", str(site), "--output-path", str(bundle), "--quiet"]
        with log.open("wb") as output:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                env={**os.environ, **_PIECES},
                preexec_fn=partial(end_with_parent, os.getpid()),
            )
        if done.returncode != 0 or not (bundle / "pagefind.js").is_file():
            message = log.read_text("utf-8", "replace").strip()
            raise BuildError("pagefind", message or f"wrote no index, exit code {done.returncode}")
        for pattern in _UNUSED if newest else (*_UNUSED, *_ENGINE):
            for path in bundle.glob(pattern):
                path.unlink()
        names = settle(bundle, {_url(paper): _card(catalog, paper) for paper in index.papers})
        (bundle / "keys.json").write_bytes(msgspec.json.encode([names[_url(paper)] for paper in index.papers]))
        shutil.copytree(bundle, stage / index.folder, dirs_exist_ok=True, copy_function=os.replace)


def _url(paper: Paper) -> str:
    return f"/papers/{paper.address}/"


def _document(catalog: Catalog, paper: Paper) -> str:
    """Return the words, filters and facts of one paper as the HTML that Pagefind reads."""

    def text(value: str) -> str:
        return escape(xml_text(value))

    def fact(name: str, value: str) -> str:
        return f'<p data-pagefind-filter="{name}[data-value]" data-value="{text(value)}"></p>'

    names = [mention.name for mention in paper.authors]
    topics = _topic_names(catalog, paper.topics)
    note, abstract = plain_note(paper.note) if paper.note else "", formulas_text(paper.abstract)
    around = [
        paper.organization or "",
        *paper.keywords,
        *topics,
        *_ids(paper),
        *hidden_words(f"{note} {abstract}"),
        EVERY,
    ]
    people = dict.fromkeys(mention.person for mention in paper.authors)
    facts = [
        fact("year", str((paper.published or paper.day).year)),
        *(fact("topic", topic) for topic in topics),
        *(fact("category", category) for category in paper.categories),
        *(fact(author_filter(person), person) for person in people),
        fact("picked", "yes") if paper.choices else "",
        fact("code", "yes") if "code" in paper.links else "",
    ]
    words = [
        f'<h1 data-pagefind-weight="6">{text(paper.title)}</h1>',
        f'<p data-pagefind-weight="6">{text(" ".join(hidden_words(paper.title)))}</p>',
        f'<p data-pagefind-weight="3">{text("; ".join(names[:AUTHORS_INDEXED]))}</p>',
        f"<p>{text(note)}</p>" if note else "",
        f"<p>{text(abstract)}</p>",
        f"<p>{text(' '.join(around))}</p>",
    ]
    body = "".join([*words, *facts])
    return f'<!doctype html><html lang="{catalog.config.language}"><body data-pagefind-body>{body}</body></html>'


def hidden_words(text: str) -> list[str]:
    """Return what Pagefind misses in joined words: ``LLaMA`` in ``Mol-LLaMA``, ``Lumos`` in ``Lumos-1``.

    It takes words apart at every capital and digit too, and leaves out what is then too short.
    """
    joined = (_JOINTS.split(word) for word in _JOINED.findall(text))
    return list(dict.fromkeys(part for parts in joined if not all(map(_PLAIN.fullmatch, parts)) for part in parts))


def _ids(paper: Paper) -> list[str]:
    """Return a paper's ids, each also without its kind: Pagefind takes ``arxiv:2503.16525`` for one word."""
    ids = [paper.id, *paper.aliases]
    return [*ids, *(one.partition(":")[2] for one in ids)]


def author_filter(person: str) -> str:
    """Name the filter that a person is a value of; ``search.js`` counts the same way."""
    return f"a{sum(person.encode()) % AUTHOR_FILTERS}"


def _card(catalog: Catalog, paper: Paper) -> dict[str, object]:
    """Return what a card in a list of results shows beside the title, as plain text; absent keys are left out.

    It is laid into the index when that is made: Pagefind would take what it is given for words to be found.
    """
    measured = paper.measured
    category = paper.primary_category
    facts = {
        "date": str(paper.day),
        "authors": [[mention.name, mention.person] for mention in paper.authors[:AUTHORS_SHOWN]],
        "count": len(paper.authors) if len(paper.authors) > AUTHORS_SHOWN else 0,
        "organization": paper.organization,
        "category": category,
        "hue": hue_of(category) if category else 0,
        "page": has_page(category or ""),
        "topics": [[topic, catalog.topics[topic].name] for topic in paper.topics if topic in catalog.topics],
        "code": paper.links.get("code"),
        "note": plain_note(paper.note) if paper.note else None,
        "picked": bool(paper.choices),
        "withdrawn": paper.withdrawn,
        "upvotes": measured.upvotes if measured else None,
        "as_of": str(paper.measured_on["upvotes"]) if measured and measured.upvotes else None,
    }
    return {name: value for name, value in facts.items() if value}


def _topic_names(catalog: Catalog, topics: tuple[str, ...]) -> list[str]:
    """Name topics and those above them: whoever filters by one finds what is below it."""
    found: dict[str, None] = {}
    for topic in topics:
        above: str | None = topic
        while above is not None and above not in found:
            found[above] = None
            above = catalog.topics[above].parent
    return [catalog.topics[topic].name for topic in found]
