"""What the search is given of a paper: the words and facts that find it, and the card that a result shows.

Which papers stand in which index is left to ``search``.
"""

import re
from html import escape

from generator.catalog.catalog import Catalog
from generator.formulas import formulas_text
from generator.markup import plain_note
from generator.model import Paper
from generator.site.shown.cards import hue_of
from generator.site.shown.categories import has_page
from generator.text import xml_text

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


def address(paper: Paper) -> str:
    """Return the address of a paper's page as a result has it: from the site's root."""
    return f"/papers/{paper.address}/"


def document(catalog: Catalog, paper: Paper) -> str:
    """Return the words, filters and facts of one paper as the HTML that Pagefind reads."""

    def text(value: str) -> str:
        return escape(xml_text(value))

    def fact(name: str, value: str) -> str:
        return f'<p data-pagefind-filter="{name}[data-value]" data-value="{text(value)}"></p>'

    names = [mention.name for mention in paper.authors]
    topics = topic_names(catalog, paper.topics)
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


def card(catalog: Catalog, paper: Paper) -> dict[str, object]:
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


def topic_names(catalog: Catalog, topics: tuple[str, ...]) -> list[str]:
    """Name topics and those above them: whoever filters by one finds what is below it."""
    found: dict[str, None] = {}
    for topic in topics:
        above: str | None = topic
        while above is not None and above not in found:
            found[above] = None
            above = catalog.topics[above].parent
    return [catalog.topics[topic].name for topic in found]
