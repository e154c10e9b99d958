"""What a suggestion is about: the digest as it is now, with its papers and people found by what strangers typed.

What is drafted for a form is left to the form's module.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from generator.catalog.catalog import Catalog, assemble
from generator.catalog.content import Content
from generator.catalog.curation import LISTS
from generator.catalog.people import name_slug
from generator.forms import answers
from generator.forms.issue import Issue
from generator.forms.refusal import RefusedError, shown
from generator.ingest.asking import Fetch
from generator.model import AuthorEntry, Declined, Person, Record, Suggested
from generator.schemas import schema_line
from generator.text import clean_name
from generator.yamlfile import YamlFile, read_yaml
from generator.yamltext import decode

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Ground:
    """The digest, and the issue that wants something of it."""

    content: Content
    issue: Issue
    today: date
    fetch: Fetch

    @property
    def root(self) -> Path:
        """The digest's folder."""
        return self.content.root

    @property
    def site(self) -> str:
        """The site's address, with a slash at its end."""
        return self.content.config.value.url.rstrip("/") + "/"

    @cached_property
    def catalog(self) -> Catalog:
        """The digest as the site shows it."""
        return assemble(self.content)

    @property
    def authors(self) -> tuple[AuthorEntry, ...]:
        """The entries of ``authors.yml``."""
        return self.content.curation.authors.value

    def about(self, what: Suggested, **key: Any) -> Declined:
        """Say what is suggested, as it would be remembered; who declines it, when and why is still to be said."""
        return Declined(what=what, **key, why="-", by="-", date=self.today, issue=self.issue.number)

    def paper(self, answer: str) -> str:
        """Read a paper's id, DOI or address as the id that the paper has here.

        Raises: RefusedError.
        """
        paper = answers.paper(answer, self.site)
        return self.content.canonical.get(paper, paper)

    def known_paper(self, answer: str) -> str:
        """Read what `paper` reads, of a paper that is in the digest.

        Raises: RefusedError.
        """
        paper = self.paper(answer)
        if paper not in self.content.records:
            raise RefusedError(f"there is no paper {shown(paper)} in this digest; suggest it first")
        return paper

    def person(self, answer: str) -> Person:
        """Find who is meant by a name, or by a page's address or its last part.

        Raises: RefusedError.
        """
        address = answers.page_of(answers.line(answer), f"{self.site}authors/")
        wanted = [address] if address else [answer.strip(), name_slug(answers.name(answer))]
        for person in wanted:
            person = self.catalog.moved_people.get(person, person)
            if person in self.catalog.people:
                return self.catalog.people[person]
        raise RefusedError(f"no author here is called {shown(answer)}; take the name as it stands on the paper's page")

    def carriers(self, slugs: Iterable[str]) -> list[int]:
        """Find the entries of ``authors.yml`` with one of these names, by their places in the file."""
        wanted = set(slugs)
        return [n for n, entry in enumerate(self.authors) if wanted & name_slugs(entry)]

    def carries(self, paper: str, slugs: Iterable[str]) -> bool:
        """Tell whether a paper of the digest has an author of one of these names."""
        wanted = set(slugs)
        return any(name_slug(mention.name) in wanted for mention in self.catalog.papers[paper].authors)

    def new_address(self, base: str, taken: Iterable[str]) -> str:
        """Choose an address of a person that nobody has: the name's with the lowest number that is free."""
        used = {*taken, *self.catalog.people, *self.catalog.moved_people}
        number = 1
        while f"{base}-{number}" in used:
            number += 1
        return f"{base}-{number}"


def name_slugs(entry: AuthorEntry) -> set[str]:
    """Give the slugs of an entry's names."""
    return {name_slug(clean_name(name)) for name in (entry.name, *entry.also)}


@dataclass(frozen=True)
class Change:
    """What a suggestion comes to; nothing of it is written yet."""

    title: str
    """One line of plain text; of strangers' words it has only ids and addresses."""
    told: tuple[str, ...]
    """Sentences for those who look at it, in Markdown that is safe to post."""
    files: dict[str, YamlFile[Any]] = field(default_factory=dict)
    """Files of ``content/`` as they would be read."""
    texts: dict[str, bytes] = field(default_factory=dict)
    """What is to be written, by file."""
    record: Record | None = None
    """Of a paper that is new here."""


def redrafted(
    ground: Ground, name: str, expected: Sequence[Entry], edit: Callable[[str], str | None]
) -> tuple[YamlFile[Any], bytes]:
    """Change the text of one of the files that are lists; give the file as it would be read, and its bytes.

    `expected` is what has to be read then, and nothing else.

    Raises: RefusedError.
    """
    path = ground.root / name
    data = path.read_bytes() if path.is_file() else b""
    text, _ = decode(name, data) if data else (schema_line(ground.root, name), None)
    changed = edit(text)
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    file = reread(name, changed.encode(), LISTS[name]) if changed is not None else None
    if changed is None or file is None or file.value != tuple(expected):
        raise RefusedError(f"{shown(name)} is laid out so that nothing can be added safely; it has to be done by hand")
    return file, mark + changed.encode()


def reread(name: str, data: bytes, kind: Any) -> YamlFile[Any] | None:
    """Read what would be written as a `kind`, by the same rules as what was.

    Raises: RefusedError if there is a problem with it.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        file, problems = read_yaml(Path(folder), path, kind, blank=() if name in LISTS else None)
    if problems:
        raise RefusedError(f"it would not be right: {shown(problems[0].message, 300)}")
    return file
