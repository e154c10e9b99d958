"""One field of a paper set right: what that makes of a record, what the source said, whether it has since agreed.

Whether a correction can be understood is left to ``check``.
"""

from msgspec.structs import replace

from generator.formulas import formulas_text
from generator.ids import parse_dois
from generator.model import Author, CorrectedField, Correction, Record
from generator.text import clean_abstract, clean_line, clean_name, clean_title
from generator.yamlvalue import parse_day

SAID_LENGTH = 300
"""Characters of what the source said that are kept: enough for any title, and for the start of an abstract."""


def corrected(record: Record, correction: Correction) -> Record:
    """Return `record` with one field set right; a value that cannot be understood changes nothing."""
    name, value = correction.field, correction.value
    if name is CorrectedField.AUTHORS:
        # By the name as the page shows it, which is what a curator sees: the affiliation stays with it.
        known = {clean_name(author.name): author for author in record.authors}
        names = [part.strip() for part in value.split(";") if part.strip()]
        return replace(record, authors=tuple(known.get(clean_name(name), Author(name=name)) for name in names))
    if name is CorrectedField.WITHDRAWN:
        return replace(record, withdrawn=value == "true")
    if name is CorrectedField.PUBLISHED:
        try:
            return replace(record, published=parse_day(value))
        except ValueError:
            return record
    return replace(record, **{name.value: value})


def said(record: Record, field: CorrectedField) -> str | None:
    """Return what a record says in a field, on one line; None if it says nothing."""
    if field is CorrectedField.TITLE:
        text = formulas_text(clean_title(record.title))
    elif field is CorrectedField.ABSTRACT:
        text = formulas_text(clean_abstract(record.abstract or ""))
    elif field is CorrectedField.AUTHORS:
        text = "; ".join(name for author in record.authors if (name := clean_name(author.name)))
    elif field is CorrectedField.WITHDRAWN:
        text = str(record.withdrawn).lower()
    else:
        value = getattr(record, field.value)
        text = clean_line(str(value)) if value is not None else ""
    text = " ".join(text.split())
    return (text if len(text) <= SAID_LENGTH else text[:SAID_LENGTH].rpartition(" ")[0] + "…") or None


def agrees(record: Record, correction: Correction) -> bool:
    """Tell whether a source's record says by itself what the correction says, as a reader sees it."""
    field = correction.field
    return _seen(record, field) == _seen(corrected(record, correction), field)


def _seen(record: Record, field: CorrectedField) -> object:
    value = getattr(record, field.value)
    if field is CorrectedField.AUTHORS:
        return [name for author in record.authors if (name := clean_name(author.name))]
    if not isinstance(value, str):
        return value
    if field is CorrectedField.DOI:
        return sorted(parse_dois(value)) or value
    if field is CorrectedField.ABSTRACT:
        return clean_abstract(value)
    return clean_title(value) if field is not CorrectedField.JOURNAL_REF else clean_line(value)
