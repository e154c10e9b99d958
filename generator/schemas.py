"""JSON Schemas (2020-12) of the YAML that people write, for their editors: made from the structs that the reader fills.

Whether files fit together, and every message of ``digest check``, is left to ``yamlfile`` and ``catalog.check``.

A schema accepts what the reader accepts, as an editor understands it: to an editor an unquoted ``2401.10020`` is a
number and ``true`` a truth value, to the reader every scalar is text until the struct says otherwise. One exception:
``Null`` and ``NULL`` are texts to the reader and nothing to an editor.
"""

import re
from os.path import relpath
from pathlib import Path
from typing import Any

import msgspec

from generator.catalog.curation import DIGESTS, LISTS, PAPERS
from generator.catalog.declined import NEEDED
from generator.config import ASKS_BY, CATEGORY, OF_ONE_KIND, SiteConfig
from generator.inputs import CONFIG_NAME
from generator.jsonlines import write_atomically
from generator.model import Digest, HandPaper, Suggested
from generator.text import RESERVED

Schema = dict[str, Any]

FOLDER = "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
KINDS: dict[str, Any] = {
    "digest": Digest,
    **{Path(place).stem: kind for place, kind in LISTS.items()},
    "papers": tuple[HandPaper, ...],
    "site_config": SiteConfig,
}
"""What each schema is of, by the name of its file."""

_SCALAR = ["string", "number", "boolean"]
"""What a text may look like to an editor."""
_NOTHING: list[Any] = [None, []]
"""Values that leave a setting out."""
_LETTER = r"[0-9A-Za-z]|[^\u0000-\u007f]"
"""In every word and name; more than ASCII only roughly."""
_SAY = "patternErrorMessage"
"""What YAML's language server says instead of the pattern; validators pass over it."""
_DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_NEW_ARXIV = r"((0[7-9]|1[0-4])(0[1-9]|1[0-2])\.[0-9]{4}|[0-9]{2}(0[1-9]|1[0-2])\.[0-9]{5})"
_OLD_ARXIV = r"[A-Za-z]+(-[A-Za-z]+)?(\.[A-Za-z-]+)?/[0-9]{7}"
_FORMS: dict[str, Schema] = {
    "paper-id": {
        "type": ["string", "number"],
        # Either case without a flag, which JavaScript's patterns have no place for.
        "pattern": rf"^\s*(([aA][rR][xX][iI][vV]:\s*)?({_NEW_ARXIV}|{_OLD_ARXIV})([vV][0-9]{{1,4}})?"
        r"|([dD][oO][iI]:\s*)?10\.[0-9]\S*"
        r"|([uU][rR][lL]:|[hH][tT][tT][pP][sS]?://)\S+"
        r"|([A-Za-z0-9]+\.)+[A-Za-z]+/\S*)\s*$",
        _SAY: "Expected an arXiv id such as 2503.16525, a DOI, or the paper's https address.",
        "minimum": 704,
        "exclusiveMaximum": 9913,
    },
    "slug": {
        "type": _SCALAR,
        _SAY: "Expected lower-case letters, digits and single hyphens.",
        "minimum": 0,
        "maxLength": 80,
    },
    "web-address": {
        "type": "string",
        "pattern": r"^\s*[hH][tT][tT][pP][sS]?://[^/\\?#]",
        _SAY: "Expected an address like https://example.org/.",
    },
    "orcid": {"type": "string", _SAY: "Expected an ORCID like 0000-0002-1825-0097."},
    "date": {"type": "string", "pattern": _DAY, _SAY: "Expected a date like 2025-12-11."},
}
"""What the schema says of a form; the reader knows more, such as an ORCID's check digit."""


def schemas() -> dict[str, bytes]:
    """Make every schema: the file's name in ``schemas/`` and its text."""
    return {f"{name}.schema.json": _encoded(_schema(name, kind)) for name, kind in KINDS.items()}


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas into `folder`; return the files, changed or not."""
    paths = []
    for name, text in schemas().items():
        write_atomically(folder / name, text)
        paths.append(folder / name)
    return paths


def schema_line(root: Path, place: str) -> str:
    """Return the first line that links a new curation file to its schema, with its end; '' where `root` has none."""
    name = schema_name(place)
    if name is None or not (root / FOLDER / name).is_file():
        return ""
    return f"# yaml-language-server: $schema={relpath(f'{FOLDER}/{name}', Path(place).parent).replace(chr(92), '/')}\n"


def schema_name(place: str) -> str | None:
    """Name the schema's file for a file, by its place under the root; None for what is no curation."""
    if place == CONFIG_NAME or place in LISTS:
        name = Path(place).stem
    elif place.startswith(f"{DIGESTS}/"):
        name = "digest"
    elif place.startswith(f"{PAPERS}/"):
        name = "papers"
    else:
        return None
    return f"{name}.schema.json"


def _encoded(schema: Schema) -> bytes:
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"


def _schema(name: str, kind: Any) -> Schema:
    (top,), found = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    parts = {part: _part(schema) for part, schema in found.items()}
    for part, rules in _RULES.items():
        if part in parts:
            parts[part]["allOf"] = rules
    main: Schema
    if "$ref" in top:
        main = parts.pop(top["$ref"].rpartition("/")[2])
    else:
        # A list's file may hold nothing but comments.
        main = {"description": f"The entries of {_place(name)}.", **top, "type": ["array", "null"]}
    return {"$schema": DIALECT, **main, "title": _place(name), "$defs": parts}


def _place(name: str) -> str:
    return {"digest": f"{DIGESTS}/", "papers": f"{PAPERS}/", "site_config": CONFIG_NAME}.get(
        name, f"content/{name}.yml"
    )


# From what msgspec says to what an editor sees ------------------------------------------------------------------------


def _part(schema: Schema) -> Schema:
    """Say what a struct's schema, or an enum's, says of values in JSON, of values in YAML."""
    made: Schema = {
        key: _plain(value) if key == "description" else value for key, value in schema.items() if key != "title"
    }
    if "properties" in made:
        needed = made.pop("required", [])
        made["properties"] = {name: _value(part, name not in needed) for name, part in made["properties"].items()}
        made |= {"required": needed} if needed else {}
    return made


def _plain(text: str) -> str:
    return text.replace("``", "`")


def _value(schema: Schema, blank: bool = False) -> Schema:
    """Say it of a value, which may be left `blank`."""
    if "anyOf" in schema:  # of an optional value: the value itself, and null
        (inner,) = (one for one in schema["anyOf"] if one != {"type": "null"})
        return _value({**inner, **{key: value for key, value in schema.items() if key != "anyOf"}}, blank)
    made = {key: value for key, value in schema.items() if key != "default" or value not in (None, (), [], {}, "")}
    if "$ref" in made:
        return {"anyOf": [{"$ref": made.pop("$ref")}, {"type": "null"}], **made} if blank else made
    if "enum" in made:
        return {**made, "enum": [*made["enum"], None]} if blank else made
    made = {**made, **_TYPES[made["type"]](made)}
    if "description" in made:
        made["description"] = _plain(made["description"])
    if blank:
        made["type"] = [*([made["type"]] if isinstance(made["type"], str) else made["type"]), "null"]
    return made


def _text(schema: Schema) -> Schema:
    form = schema.get("format")
    if form in _FORMS:
        return _FORMS[form]
    pattern = schema.get("pattern")
    if pattern is None:
        return {"type": _SCALAR, "pattern": r"\S", _SAY: "The text is empty."}
    # What no number can look like is a text to an editor too.
    scalar = any(re.search(pattern, sample) for sample in ("1", "1.5", "-1", "true", "false"))
    return {"type": _SCALAR if scalar else "string"}


def _mapping(schema: Schema) -> Schema:
    return {"additionalProperties": _value(schema["additionalProperties"])}


_TYPES: dict[str, Any] = {
    "string": _text,
    "boolean": lambda _: {"type": ["boolean", "string"], "pattern": "^(true|false)$", _SAY: "Expected true or false."},
    "integer": lambda _: {"type": ["integer", "string"], "pattern": r"^-?[0-9.]+([eE][+-]?[0-9]+)?$"},
    "array": lambda schema: {"items": _value(schema["items"])},
    "object": _mapping,
}
"""By JSON's type: what is different in YAML. Quotes change nothing there."""


# What the checks ask of one entry -------------------------------------------------------------------------------------


def _given(name: str) -> Schema:
    return {"required": [name], "properties": {name: {"not": {"enum": _NOTHING}}}}


def _some(*names: str) -> Schema:
    return {"anyOf": [_given(name) for name in names]}


def _where(key: str, value: str, then: Schema) -> Schema:
    return {"if": {"required": [key], "properties": {key: {"const": value}}}, "then": then}


def _items(key: str, rule: Schema) -> Schema:
    return {"properties": {key: {"items": rule}}}


def _links(key: str, pattern: str) -> Schema:
    return {"properties": {"links": {"properties": {key: {"pattern": pattern}}}}}


def _without(needed: tuple[str, ...]) -> Schema:
    """Say that of what a declined suggestion may be about, nothing else is given."""
    others = {key for keys in NEEDED.values() for key in keys} - {*needed}
    return {"properties": {key: {"enum": _NOTHING} for key in sorted(others)}}


def _source_of(kind: str, takes: tuple[str, ...]) -> Schema:
    """Say what a source of a kind takes, and needs."""
    others = {name for names in ASKS_BY.values() for name in names} - {*takes}
    rule: Schema = {"properties": {name: {"enum": _NOTHING} for name in sorted(others)}}
    for name, (only, usual) in OF_ONE_KIND.items():
        if kind != only:
            rule["properties"][name] = {"enum": [usual, None]}
    needed = [_some(*takes)] if takes else []
    if kind == "arxiv":
        by_query = [name for name in takes if name != "papers"]
        needed.append({"not": {"allOf": [_given("papers"), _some(*by_query)]}})
    return _where("kind", kind, {**rule, "allOf": needed} if needed else rule)


_FREE_ID: Schema = {"properties": {"id": {"not": {"enum": sorted(RESERVED)}}}}
_RULES: dict[str, list[Schema]] = {
    "TopicEntry": [_FREE_ID],
    "CuratorEntry": [_FREE_ID],
    "AuthorEntry": [
        _FREE_ID,
        # Pages of authors at the services of catalog.profiles, whatever the host is written like.
        _links("semantic_scholar", r"/author/([^/?#]*/)?[0-9]{1,12}/?[?#]*\s*$"),
        _links("openalex", r"/[Aa][0-9]{4,12}/?[?#]*\s*$"),
    ],
    "TopicRule": [
        _some("any", "categories"),
        _items("any", {"pattern": _LETTER}),
        _items("none", {"pattern": _LETTER}),
    ],
    "PaperRule": [_some("phrases", "categories", "authors", "sources"), _items("phrases", {"pattern": _LETTER})],
    "Author": [{"properties": {"name": {"pattern": _LETTER}}}],
    "Correction": [
        _where("field", "published", {"properties": {"value": {"format": "date", **_FORMS["date"]}}}),
        _where("field", "withdrawn", {"properties": {"value": {"enum": [True, False, "true", "false"]}}}),
        _where("field", "doi", {"properties": {"value": {"type": "string", "pattern": r"10\.[0-9]{4}|%"}}}),
        _where("field", "authors", {"properties": {"value": {"pattern": _LETTER}}}),
    ],
    "Declined": [
        _where("what", what.value, {"allOf": [_given(key) for key in needed], **_without(needed)})
        for what, needed in NEEDED.items()
    ]
    + [
        {
            "if": {"required": ["what"], "properties": {"what": {"const": Suggested.MERGE.value}}},
            "then": {"properties": {"names": {"minItems": 2}}},
            "else": {"properties": {"names": {"maxItems": 1}}},
        }
    ],
    "SourceSettings": [
        _items("categories", {"pattern": f"^({CATEGORY.pattern})$", _SAY: "Expected a category like cs.CL."}),
        *(_source_of(kind, takes) for kind, takes in ASKS_BY.items()),
    ],
    "SiteConfig": [
        {"properties": {"url": {"pattern": "^[^?#]*$", _SAY: "Expected a folder's address, without ? and #."}}}
    ],
}
"""By struct; what an editor can be told of the rules in ``config`` and ``catalog.check``."""
