"""The issue forms: which there are, and what each asks, as its file under ``.github/ISSUE_TEMPLATE`` says.

A digest may word its forms as it likes: what counts are the file's name and the fields' ids. What people answer is left
to ``body`` and ``answers``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from generator.errors import ConfigError
from generator.model import CorrectedField, Suggested
from generator.starter import FILES

FOLDER = ".github/ISSUE_TEMPLATE"
NEEDED: Mapping[str, tuple[str, ...]] = {
    "suggest-paper": ("paper", "day", "why"),
    "correct-paper": ("paper", "field", "value", "why"),
    "split-author": ("author", "groups", "why"),
    "merge-authors": ("names", "why"),
    "claim-author": ("author", "share", "papers", "orcid", "links", "also", "proof"),
    "suggest-topic": ("name", "parent", "description", "any", "none", "categories", "why"),
}
"""The forms, by the names of their files, and the ids of the fields that each must have."""
WHAT: Mapping[str, Suggested] = dict(zip(NEEDED, Suggested, strict=True))
"""What each form suggests."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    id: str
    label: str
    """The heading above the answer in the issue's text."""
    required: bool
    options: tuple[str, ...] = ()
    """Of a choice: all answers that there are."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form."""

    name: str
    fields: tuple[Field, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The headings, in the order in which they stand in an issue's text."""
        return tuple(field.label for field in self.fields)

    def field(self, name: str) -> Field:
        """Give the field of that id."""
        return next(field for field in self.fields if field.id == name)


def read_forms(root: Path) -> dict[str, Form]:
    """Read the forms of the digest at `root`; those that it does not have are the starter's.

    Raises: ConfigError for a file that is no such form.
    """
    forms = {}
    for name in NEEDED:
        place = f"{FOLDER}/{name}.yml"
        path = root / place
        forms[name] = _form(name, place, path if path.is_file() else FILES / place.replace(".github", "github"))
    return forms


def _form(name: str, place: str, path: Path) -> Form:
    try:
        template: Any = yaml.safe_load(path.read_text("utf-8"))
        fields = tuple(_field(entry) for entry in template["body"] if entry["type"] != "markdown")
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError, RecursionError):
        raise ConfigError(place, "not an issue form; see one that 'digest init' writes") from None
    missing = [needed for needed in NEEDED[name] if needed not in {field.id for field in fields}]
    if missing:
        raise ConfigError(place, f"no field with the id {missing[0]!r}; add it, or take the form of 'digest init'")
    if len({field.label for field in fields}) < len(fields):
        raise ConfigError(place, "two fields with the same label; tell them apart")
    form = Form(name, fields)
    _check_choices(form, place)
    return form


def _check_choices(form: Form, place: str) -> None:
    """Raise: ConfigError for a choice that gives other answers than can be understood."""
    known = [field.value for field in CorrectedField]
    if form.name == "correct-paper" and (strange := {*form.field("field").options} - {*known}):
        raise ConfigError(place, f"{min(strange)!r} is no field to correct; they are {', '.join(known)}")
    if form.name == "claim-author" and len(form.field("share").options) != 2:
        raise ConfigError(place, "the field 'share' needs two options: all papers, and only some")


def _field(entry: Any) -> Field:
    attributes = entry["attributes"]
    options = tuple(str(option) for option in attributes.get("options", ()) if not isinstance(option, dict))
    required = bool(entry.get("validations", {}).get("required", False))
    return Field(str(entry.get("id", "")), " ".join(str(attributes["label"]).split()), required, options)
