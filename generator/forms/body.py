"""Takes the text of an issue apart by the headings of its form, and by nothing else.

The text is a stranger's: what is not exactly as GitHub writes it for one of the forms is refused, and never guessed at.
"""

import re
import unicodedata
from collections.abc import Mapping

from generator.forms.form import Form
from generator.forms.refusal import RefusedError, shown
from generator.text import clean_line

MAX_BODY = 70_000
"""Characters; GitHub takes 65,536."""
NOTHING = "_No response_"
"""What GitHub writes for a question that was left empty."""
_MAX_HEADING = 500
"""Characters; a longer line is no heading of a form, whatever it begins with."""


def read_body(text: str, forms: Mapping[str, Form], wanted: str | None = None) -> tuple[Form, dict[str, str]]:
    """Find the form that a text was written by; give it, and the answers by the ids of its fields, '' for none.

    `wanted` is the form that it has to be, where that is known.

    Raises: RefusedError.
    """
    if len(text) > MAX_BODY:
        raise RefusedError(f"the text has {len(text):,} characters; {MAX_BODY:,} are read")
    if "<!--" in text:
        raise RefusedError("there is a comment in the text that readers do not see (`<!--`); take it out")
    lines = re.split(r"\r\n|\r|\n", text)
    labels = {_plain(label): label for form in forms.values() for label in form.labels}
    found = [(place, label) for place, line in enumerate(lines) if (label := _label(line, labels))]
    form = _form([label for _, label in found], forms, wanted)
    if above := " ".join(lines[: found[0][0]]).strip():
        raise RefusedError(f"there is text before the first heading: {shown(above)}")
    ends = [*(place for place, _ in found[1:]), len(lines)]
    texts = ["\n".join(lines[place + 1 : end]).strip() for (place, _), end in zip(found, ends, strict=True)]
    return form, {
        field.id: _checked(field.label, field.required, field.options, answer)
        for field, answer in zip(form.fields, texts, strict=True)
    }


def _label(line: str, labels: Mapping[str, str]) -> str | None:
    """Give the form's heading that a line is.

    Raises: RefusedError for what only looks like one.
    """
    if len(line) > _MAX_HEADING or not (heading := line.lstrip(" \t\xa0>")).startswith("#"):
        return None
    label = labels.get(_plain(heading.strip("# \t\xa0")))
    if label is not None and line.rstrip() != f"### {label}":
        raise RefusedError(f"a heading is not as the form writes it: {shown(line)}")
    return label


def _plain(label: str) -> str:
    return clean_line(unicodedata.normalize("NFKC", label)).casefold()


def _form(labels: list[str], forms: Mapping[str, Form], wanted: str | None) -> Form:
    fitting = [form for form in forms.values() if list(form.labels) == labels]
    if wanted is not None:
        fitting = [form for form in fitting if form.name == wanted]
    if len(fitting) == 1:
        return fitting[0]
    if not labels:
        raise RefusedError("this was not written by one of the forms: it has none of their headings")
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise RefusedError(f"the heading {shown(twice)} stands in it more than once; write an answer without it")
    raise RefusedError(
        "its headings are not those of "
        + (f"the form {shown(wanted)}" if wanted else "one form")
        + ", in their order; open a new issue by the form"
    )


def _checked(label: str, required: bool, options: tuple[str, ...], answer: str) -> str:
    answer = "" if answer == NOTHING else answer
    if required and not clean_line(answer):
        raise RefusedError(f"{shown(label)} has no answer")
    if answer and options and answer not in options:
        raise RefusedError(f"{shown(answer)} is not one of the answers to {shown(label)}")
    return answer
