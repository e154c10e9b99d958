"""What a curator may want to know of content that is right: curation that is no longer needed, names that look alike.

Nothing here stops a build. What is wrong is left to ``check``.
"""

import difflib
from collections.abc import Callable, Iterator

from generator.catalog.content import Content
from generator.catalog.corrections import agrees
from generator.catalog.curators import signature_slug, signatures_of
from generator.errors import ContentError
from generator.model import CorrectedField, Record
from generator.text import clean_line

Notices = Iterator[ContentError]


def notices(content: Content) -> list[ContentError]:
    """Return all notices on `content`, sorted by place."""
    return sorted({notice for rule in _RULES for notice in rule(content)})


def _corrections_that_can_go(content: Content) -> Notices:
    file = content.curation.corrections
    for index, entry in enumerate(file.value):
        record = _own_record(content, entry.id, entry.field)
        if record is not None and agrees(record, entry):
            message = f"{entry.field.value!r} of {entry.id!r} reads the same without this correction by now; delete it"
            yield file.problem((index,), message)


def _own_record(content: Content, paper: str, field: CorrectedField) -> Record | None:
    if field is CorrectedField.DOI:
        # Which record is laid over which follows from the correction itself: ask the one that it names.
        return content.records.get(paper)
    canonical = content.canonical.get(paper, paper)
    return content.merged(canonical) if canonical in content.records else None


def _papers_that_a_source_knows(content: Content) -> Notices:
    for file in content.curation.papers:
        for index, entry in enumerate(file.value):
            record = content.store.records.get(entry.id)
            if record is not None and record.listed:
                sources = ", ".join(sorted({listing.source for listing in record.listed}))
                message = f"{entry.id!r} comes from a source by now ({sources}): delete the entry if nothing is lost"
                yield file.problem((index, "id"), message)


def _names_like_a_curators(content: Content) -> Notices:
    entries = content.curation.curators.value
    known = {signature for entry in entries for signature in signatures_of(entry)}
    close_to: dict[str, list[str]] = {}
    for _, file in sorted(content.curation.digests.items()):
        name = clean_line(file.value.curator or "")
        key = signature_slug(file.value.curator or "")
        if not name or key in known:
            continue
        close = close_to.get(key)
        if close is None:
            close = close_to[key] = difflib.get_close_matches(key, sorted(known), n=1, cutoff=0.8)
        if close:
            message = f"no curator {name!r} in {content.curation.curators.path}; did you mean {close[0]!r}?"
            yield file.problem(("curator",), message)


_RULES: tuple[Callable[[Content], Notices], ...] = (
    _corrections_that_can_go,
    _papers_that_a_source_knows,
    _names_like_a_curators,
)
