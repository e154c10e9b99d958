"""Two forms about papers: one to add, one to set right."""

from collections.abc import Mapping
from datetime import date

from generator.catalog.curation import CORRECTIONS
from generator.errors import ContentProblems, SourceError
from generator.forms import answers
from generator.forms.ground import Change, Ground, redrafted, reread
from generator.forms.refusal import RefusedError, shown
from generator.ids import parse_dois
from generator.ingest import adding
from generator.ingest.picking import draft_pick
from generator.model import CorrectedField, Correction, Declined, Digest, Pick, Record, Suggested
from generator.text import clean_name
from generator.yamledit import append, entry

Given = Mapping[str, str]
"""Answers by the ids of a form's fields."""


def wanted_paper(given: Given, ground: Ground) -> Declined:
    """Say what is suggested by the form for a paper."""
    return ground.about(Suggested.PAPER, id=ground.paper(given["paper"]))


def add_paper(given: Given, ground: Ground) -> Change:
    """Draft a pick of the paper, with its record where there is none.

    Raises: RefusedError.
    """
    paper = ground.paper(given["paper"])
    day = answers.day(given["day"], ground.today)
    note = answers.bounded(given["why"], answers.MAX_NOTE)
    known = ground.catalog.papers.get(paper)
    if known is not None and known.passed:
        when, why = known.passed[0]
        raise RefusedError(f"{shown(paper)} was looked at on {when} and passed over: {shown(why)}")
    record, name, text = _drafted(paper, day, note, ground)
    file = reread(name, text, Digest)
    return Change(
        title=f"Pick {record.id} on {day}",
        told=(f"Picks {shown(record.id)}, {shown(record.title)}, on {day}.",),
        files={name: file} if file else {},
        texts={name: text},
        record=record if record.id not in ground.content.records else None,
    )


def _drafted(paper: str, day: date, note: str, ground: Ground) -> tuple[Record, str, bytes]:
    """Draft the day's digest file; give it after the paper's record, which is asked for where there is none."""
    try:
        if paper in ground.content.records:
            record = ground.content.merged(paper)
            name, text = draft_pick(ground.root, day, Pick(id=paper, note=note or None), record.title)
            return record, name, text
        draft = adding.draft(ground.root, ground.content.config.value, paper, day, note, ground.fetch)
    except SourceError as error:
        raise RefusedError(f"nothing could be found out about {shown(paper)}: {shown(error.message, 300)}") from None
    except ContentProblems as bundle:
        raise RefusedError(shown(bundle.problems[0].message, 300)) from None
    return draft.record, draft.name, draft.text


def wanted_correction(given: Given, ground: Ground) -> Declined:
    """Say what is suggested by the form for a correction."""
    field = CorrectedField(given["field"])
    return ground.about(
        Suggested.CORRECTION, id=ground.paper(given["paper"]), field=field, value=_value(field, given["value"])
    )


def correct_paper(given: Given, ground: Ground) -> Change:
    """Draft an entry of ``corrections.yml``.

    Raises: RefusedError.
    """
    paper, field = ground.known_paper(given["paper"]), CorrectedField(given["field"])
    correction = Correction(
        id=paper,
        field=field,
        value=_value(field, given["value"]),
        why=answers.bounded(given["why"]),
        by=ground.issue.login,
    )
    known = ground.content.curation.corrections.value
    for other in known:
        if (ground.content.canonical.get(other.id, other.id), other.field) == (paper, field):
            said = "so already" if other.value == correction.value else f"by hand already: {shown(other.value)}"
            raise RefusedError(f"{field.value} of {shown(paper)} was corrected {said}")
    lines = entry({key: getattr(correction, key) for key in ("id", "field", "value", "why", "by")})
    file, text = redrafted(ground, CORRECTIONS, [*known, correction], lambda old: append(CORRECTIONS, old, lines))
    return Change(
        title=f"Correct {field.value} of {paper}",
        told=(f"Corrects {field.value} of {shown(paper)} to {shown(correction.value)}.",),
        files={CORRECTIONS: file},
        texts={CORRECTIONS: text},
    )


def _value(field: CorrectedField, answer: str) -> str:
    """Read the right value as the field writes it; what it cannot be, the checks will say."""
    value = answers.bounded(answer, answers.MAX_ABSTRACT if field is CorrectedField.ABSTRACT else answers.MAX_TEXT)
    if field is CorrectedField.AUTHORS:
        names = [clean_name(part) for part in value.split(";")]
        return "; ".join(name for name in names if name) or value
    if field is CorrectedField.DOI:
        return next(iter(parse_dois(value)), value)
    return value.lower() if field is CorrectedField.WITHDRAWN else value
