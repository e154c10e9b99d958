"""Follows a suggestion, or remembers that it was declined: the whole way on one screen.

What is not right in the end, by the rules of ``digest check``, is not written.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import structs

from generator.catalog.check import check
from generator.catalog.content import Content, load
from generator.catalog.curation import DECLINED
from generator.catalog.declined import Memory
from generator.forms import answers, papers, people, topics
from generator.forms.body import read_body
from generator.forms.form import Form, read_forms
from generator.forms.ground import Change, Ground, redrafted
from generator.forms.issue import Issue
from generator.forms.refusal import RefusedError, shown
from generator.ingest.asking import Fetch
from generator.ingest.catch_up import alone
from generator.ingest.run import apply, plan
from generator.jsonlines import write_atomically
from generator.model import Declined
from generator.yamledit import append, entry

Given = Mapping[str, str]
DECLINED_LABEL = "declined"
"""On an issue that was closed: it is not to be followed."""
FORMS: Mapping[str, tuple[Callable[[Given, Ground], Declined], Callable[[Given, Ground], Change]]] = {
    "suggest-paper": (papers.wanted_paper, papers.add_paper),
    "correct-paper": (papers.wanted_correction, papers.correct_paper),
    "split-author": (people.wanted_split, people.split),
    "merge-authors": (people.wanted_merge, people.merge),
    "claim-author": (people.wanted_claim, people.claim),
    "suggest-topic": (topics.wanted_topic, topics.add_topic),
}
"""By form: what it suggests, and the change that it comes to."""


def follow(
    root: Path, issue: Issue, today: date, fetch: Fetch, form: str | None = None
) -> tuple[Change, tuple[str, ...]]:
    """Make the change that an issue suggests; give it and the files that are different now.

    Raises:
        RefusedError: it cannot be made, or was declined before; nothing was written.
        ConfigError: `root` holds no digest, a form of it cannot be read, or an ingest is at work.
    """
    with alone(root):
        ground = _ground(root, issue, today, fetch)
        if DECLINED_LABEL in issue.labels:
            raise RefusedError(f"it has the label {shown(DECLINED_LABEL)}; take it off to have it followed")
        name, given = _read(root, issue, form)
        wanted, drafted = FORMS[name]
        _refuse_again(ground, wanted(given, ground))
        change = drafted(given, ground)
        if reason := given.get("why") or given.get("proof"):
            change = replace(change, told=(*change.told, f"They say: {shown(reason, 600)}"))
        _refuse_wrong(ground, change)
        return change, _write(ground, change)


def decline(
    root: Path, issue: Issue, today: date, reason: str, by: str, fetch: Fetch, form: str | None = None
) -> tuple[Change, tuple[str, ...]]:
    """Remember in ``declined.yml`` that an issue was declined; give what `follow` gives.

    Raises: as `follow`.
    """
    with alone(root):
        ground = _ground(root, issue, today, fetch)
        name, given = _read(root, issue, form)
        known = ground.content.curation.declined.value
        why = answers.bounded(reason) or "no reason was given"
        one = structs.replace(FORMS[name][0](given, ground), why=why, by=by)
        _refuse_again(ground, one)
        lines = entry({key: _written(value) for key in _KEYS if (value := getattr(one, key))})
        file, text = redrafted(ground, DECLINED, [*known, one], lambda old: append(DECLINED, old, lines))
        told = f"Remembers that it was declined, so that nobody is asked again: {shown(why, 300)}"
        title = f"Declined: {one.what}" + (f" of issue {issue.number}" if issue.number else "")
        change = Change(title, (told,), {DECLINED: file}, {DECLINED: text})
        _refuse_wrong(ground, change)
        return change, _write(ground, change)


def _written(value: object) -> str | tuple[str, ...]:
    return value if isinstance(value, tuple) else str(value)


_KEYS = ("what", "id", "field", "value", "names", "why", "by", "date", "issue")


def _ground(root: Path, issue: Issue, today: date, fetch: Fetch) -> Ground:
    content = load(root)
    if problems := check(content):
        raise RefusedError(
            "the digest has a problem of its own now, which its maintainers have to see to first: "
            + shown(str(problems[0]), 300)
        )
    return Ground(content, issue, today, fetch)


def _read(root: Path, issue: Issue, wanted: str | None) -> tuple[str, dict[str, str]]:
    forms = read_forms(root)
    form, given = read_body(issue.body, forms, wanted)
    return form.name, _worded(form, given)


def _worded(form: Form, given: dict[str, str]) -> dict[str, str]:
    """Give the answers with choices in our words, however the digest's form has them."""
    if form.name == "claim-author" and given["share"]:
        first, _ = form.field("share").options
        return {**given, "share": people.ALL if given["share"] == first else people.SOME}
    return given


def _refuse_again(ground: Ground, wanted: Declined) -> None:
    """Raise: RefusedError with the old reason for what was declined before."""
    before = Memory(ground.content.curation.declined.value, ground.content.canonical).before(wanted)
    if before is not None:
        where = f" (#{before.issue})" if before.issue and before.issue != ground.issue.number else ""
        raise RefusedError(f"this was declined on {before.date}{where}: {shown(before.why, 300)}")


def _refuse_wrong(ground: Ground, change: Change) -> None:
    """Raise: RefusedError with the first problem that the content would have."""
    problems = check(_changed(ground.content, change))
    if problems:
        raise RefusedError(f"it would not be right: {shown(problems[0].message, 300)}")


def _changed(content: Content, change: Change) -> Content:
    """Give the content as it would be read after a change."""
    curation, store = content.curation, content.store
    for name, file in change.files.items():
        stem = Path(name).stem
        if stem in _LISTED:
            lists: Any = {stem: file}
            curation = replace(curation, **lists)
        else:
            curation = replace(curation, digests={**curation.digests, date.fromisoformat(stem): file})
    if change.record is not None:
        store = replace(store, records=store.records.but(change.record))
    return replace(content, curation=curation, store=store)


_LISTED = ("topics", "authors", "corrections", "declined")


def _write(ground: Ground, change: Change) -> tuple[str, ...]:
    """Write a change; give the files that are different now."""
    written = {name for name, text in change.texts.items() if write_atomically(ground.root / name, text)}
    if change.record is not None:
        store = ground.content.store
        written.update(apply(ground.root, store, plan(store.records, [change.record])))
    return tuple(sorted(written))
