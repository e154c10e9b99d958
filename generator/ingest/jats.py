"""Titles and abstracts with the markup that publishers deposit (JATS, MathML, some HTML) -> text.

One pass of an expression that no input can hold up: an HTML parser can be, and would take ``a<b`` for a tag. What a
record may hold is left to ``answer``.
"""

import re

from generator.ingest.feedreader import without_tags

_HEADING = re.compile(
    r"\s*<(jats:)?(?P<tag>title|h[1-6]|strong|b|p)>\s*Abstract\s*[.:]?\s*</(jats:)?(?P=tag)>", re.IGNORECASE
)
_BLOCK = re.compile(r"<(?:jats:)?(?:p|sec|title|list-item|div|br|li)\b", re.IGNORECASE)
_MATH = re.compile(r"</?(?:mml:|math\b|m[a-z]{1,12}\b)[^<>]{0,1000}>", re.IGNORECASE)
_MATH_PLACE = re.compile(r"<(?:mml:)?math\b", re.IGNORECASE)


def plain_abstract(text: str) -> str:
    """Take the markup out of an abstract, paragraphs apart, without its heading 'Abstract'."""
    return without_tags(_drop_math(_BLOCK.sub(r"\n\n\g<0>", _HEADING.sub("", text, count=1)))).strip()


def plain_title(text: str) -> str:
    """Take the markup out of a title."""
    return without_tags(_drop_math(text)).strip()


def _drop_math(text: str) -> str:
    """Leave only the signs of a formula in MathML; elsewhere ``<m`` may be less than m."""
    return _MATH.sub("", text) if _MATH_PLACE.search(text) else text
