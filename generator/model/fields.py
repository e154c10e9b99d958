"""What all the nouns are made of: strings of a form of their own, and the frozen struct."""

from typing import Annotated

from msgspec import Meta, Struct

# A string with a form of its own. ``yamlvalue`` reads ``extra_json_schema["format"]`` and checks the form; the JSON
# Schemas carry the same words to the curator's editor.
PaperId = Annotated[
    str,
    Meta(
        description="A paper: an arXiv id, a DOI, or the paper's address.",
        examples=["arxiv:2503.16525", "2503.16525", "doi:10.1145/3600006.3613165"],
        extra_json_schema={"format": "paper-id"},
    ),
]
Slug = Annotated[
    str,
    Meta(
        description="Lower-case letters, digits and hyphens; it is an address for good.",
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        examples=["llm-serving"],
        extra_json_schema={"format": "slug"},
    ),
]
WebAddress = Annotated[
    str,
    Meta(
        description="An http or https address.",
        pattern=r"^https?://",
        examples=["https://example.org/"],
        extra_json_schema={"format": "web-address"},
    ),
]
Orcid = Annotated[
    str,
    Meta(
        description="An ORCID: four groups of four.",
        pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$",
        examples=["0000-0002-1825-0097"],
        extra_json_schema={"format": "orcid"},
    ),
]
FormerIds = Annotated[
    tuple[Slug, ...],
    Meta(description="Ids that it had before, or that others had whom it took in: their addresses lead here."),
]
MarkdownText = Annotated[
    str,
    Meta(description="Markdown, a safe subset: emphasis, code, links, lists, paragraphs."),
]


class Frozen(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Immutable, compared by value; absent keys stay absent when written."""
