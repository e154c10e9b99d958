"""The text of one YAML scalar -> the value that its field asks for, or words that say what it should be.

Where values stand in a file is left to ``yamlfile``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import inspect

from generator.ids import IdError, parse_id
from generator.markup import safe_url

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, eq=False)
class Shape:
    """What a value may be: a type of the struct without its wrapping, its parts prepared once a type."""

    kind: inspect.Type
    form: str | None = None
    """A key of ``_FORMS``: the form that its text must have."""
    optional: bool = False
    """Whether it may be left blank."""
    fields: dict[str, tuple[inspect.Field, "Shape"]] | None = None
    """Of a struct, by key."""
    inside: "Shape | None" = None
    """Of a list's items or a mapping's values."""
    required: tuple[tuple[str, str], ...] = ()
    """Of a struct: the keys that must be there, each with its field's name."""


@cache
def shape_of(kind: Any) -> Shape:
    """Return the shape of a type: a struct, or a tuple of structs."""
    return _unwrapped(inspect.type_info(kind))


def _unwrapped(kind: inspect.Type) -> Shape:
    form, optional = None, False
    while isinstance(kind, inspect.Metadata | inspect.UnionType):
        if isinstance(kind, inspect.Metadata):
            form = (kind.extra_json_schema or {}).get("format", form)
            kind = kind.type
        else:
            kinds = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
            optional = len(kinds) < len(kind.types)
            kind = kinds[0]
    if isinstance(kind, inspect.StructType):
        fields = {field.encode_name: (field, _unwrapped(field.type)) for field in kind.fields}
        required = tuple((field.encode_name, field.name) for field in kind.fields if field.required)
        return Shape(kind, form, optional, fields=fields, required=required)
    if isinstance(kind, inspect.VarTupleType):
        return Shape(kind, form, optional, inside=_unwrapped(kind.item_type))
    if isinstance(kind, inspect.DictType):
        return Shape(kind, form, optional, inside=_unwrapped(kind.value_type))
    return Shape(kind, form, optional)


class FormError(ValueError):
    """A scalar has not the form that its field asks for."""


def read_scalar(value: str, shape: Shape) -> Any:
    """Return the value that a scalar's text stands for.

    Raises: FormError.
    """
    return _SCALARS[type(shape.kind)](value, shape)


def _text(value: str, shape: Shape) -> str:
    if shape.form is not None:
        return _FORMS[shape.form](value)
    if not value.strip():
        raise FormError("empty text; write something, or leave the key out")
    pattern = getattr(shape.kind, "pattern", None)
    if pattern is not None and not re.search(pattern, value):
        raise FormError(f"{short(value)} has characters that cannot stand here; it must match {pattern}")
    return value


def _boolean(value: str, _: Shape) -> bool:
    if value in ("true", "false"):
        return value == "true"
    meant = {"yes": "; write true", "no": "; write false"}.get(value.lower(), "")
    raise FormError(f"expected true or false, got {short(value)}{meant}")


def parse_day(value: str) -> date:
    """Read ``2025-12-11``, and no other form of a date.

    Raises: ValueError, which says what is wrong.
    """
    if not _DATE.fullmatch(value):
        raise ValueError(f"expected a date like 2025-12-11, got {short(value)}")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"there is no day {short(value)}; check month and day") from None


def _day(value: str, _: Shape) -> date:
    try:
        return parse_day(value)
    except ValueError as error:
        raise FormError(str(error)) from None


def _number(value: str, shape: Shape) -> int | float:
    try:
        number: int | float = msgspec.convert(value, _number_kind(shape.kind), strict=False)
    except msgspec.ValidationError as error:
        raise FormError(f"expected {in_words(shape)}, got {short(value)}{_bounds(str(error))}") from None
    return number


def _number_kind(kind: inspect.Type) -> Any:
    bounds = {name: bound for name in ("ge", "gt", "le", "lt") if (bound := getattr(kind, name)) is not None}
    number = int if isinstance(kind, inspect.IntType) else float
    return Annotated[number, msgspec.Meta(**bounds)] if bounds else number


def _bounds(message: str) -> str:
    found = re.search(r"[<>]=? ?-?[\d.]+", message)
    return f"; it must be {found[0]}" if found else ""


def _choice(value: str, shape: Shape) -> Any:
    known = _choices(shape.kind)
    if value in known:
        return known[value]
    raise FormError(f"{short(value)} is not one of {', '.join(known)}{did_you_mean(value, known)}")


def _choices(kind: inspect.Type) -> dict[str, Any]:
    if isinstance(kind, inspect.EnumType):
        return {str(member.value): member for member in kind.cls}
    return {str(value): value for value in getattr(kind, "values", ())}


_SCALARS: dict[type, Callable[[str, Shape], Any]] = {
    inspect.StrType: _text,
    inspect.BoolType: _boolean,
    inspect.DateType: _day,
    inspect.IntType: _number,
    inspect.FloatType: _number,
    inspect.EnumType: _choice,
    inspect.LiteralType: _choice,
}


def _paper_id(value: str) -> str:
    try:
        return parse_id(value)
    except IdError as error:
        raise FormError(str(error)) from None


def _slug(value: str) -> str:
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value) and len(value) <= 80:
        return value
    raise FormError(f"{short(value)} cannot be an address; use lower-case letters, digits and single hyphens")


def _web_address(value: str) -> str:
    address = safe_url(value)
    if address is None:
        raise FormError(f"expected an address like https://example.org/, got {short(value)}")
    return address


def _orcid(value: str) -> str:
    if not re.fullmatch(r"(?:[0-9]{4}-){3}[0-9]{3}[0-9X]", value):
        raise FormError(f"expected an ORCID like 0000-0002-1825-0097, got {short(value)}")
    total = 0
    for digit in value.replace("-", "")[:-1]:  # ISO 7064 mod 11-2, as orcid.org documents it
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if value[-1] != ("X" if check == 10 else str(check)):
        raise FormError(f"ORCID {short(value)} has a wrong check digit; copy it again")
    return value


_FORMS: dict[str, Callable[[str], str]] = {
    "paper-id": _paper_id,
    "slug": _slug,
    "web-address": _web_address,
    "orcid": _orcid,
}


def short(value: str) -> str:
    """Write a value of the file so that it fits in a message, quoted."""
    return repr(cut(value))


def cut(value: str) -> str:
    """Cut a value of the file to what fits in a message."""
    return value if len(value) <= 60 else value[:57] + "..."


def in_words(shape: Shape) -> str:
    """Say what a shape expects."""
    words = {
        inspect.StrType: "text",
        inspect.BoolType: "true or false",
        inspect.DateType: "a date like 2025-12-11",
        inspect.IntType: "a whole number",
        inspect.FloatType: "a number",
        inspect.VarTupleType: "a list",
        inspect.DictType: "keys and values",
    }
    return words.get(type(shape.kind)) or "one of " + ", ".join(_choices(shape.kind))


def did_you_mean(value: str, known: dict[str, Any]) -> str:
    """Suggest the known word that a wrong one is nearest to, as the end of a message; '' without any."""
    import difflib  # here, for little is misspelled

    close = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
