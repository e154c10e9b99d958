"""Parses XML from outside: no entity, no DTD, no comment reaches anyone, and what is no XML is named.

What the elements mean is left to ``arxiv`` and ``feeds``.
"""

import xml.etree.ElementTree as ET

import defusedxml
from defusedxml.ElementTree import fromstring

from generator.ingest.answer import UnreadableError

MAX_MARKS = 1_000_000
"""Signs that begin a tag or a value in one file, ten times what a page of 2,000 papers has; 20 MB of nothing else would
take 700 MB of memory."""


def parse_xml(data: bytes, most: int) -> ET.Element:
    """Parse ``data`` of at most ``most`` bytes.

    Raises: UnreadableError naming the line and column where it stops being XML, or what is refused in it.
    """
    if len(data) > most:
        raise UnreadableError(f"{len(data):,} bytes, more than {most:,}")
    if (marks := data.count(b"<") + data.count(b"=")) > MAX_MARKS:
        raise UnreadableError(f"{marks:,} tags and attributes, more than {MAX_MARKS:,}")
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError(f"not XML but {data[:60].decode('utf-8', 'replace')!r}")
    try:
        root: ET.Element = fromstring(data.lstrip(b" \t\r\n"), forbid_dtd=True)
    except ET.ParseError as error:
        line, column = error.position
        what = str(error).split(":")[0]
        raise UnreadableError(f"damaged XML at line {line}, column {column + 1}: {what}") from None
    except defusedxml.DefusedXmlException as error:
        name = type(error).__name__
        raise UnreadableError(f"refused XML with a document type or entities ({name})") from None
    except (LookupError, ValueError) as error:
        raise UnreadableError(f"damaged XML: {error}") from None
    return root


def local_name(element: ET.Element) -> str:
    """Give an element's name without its namespace."""
    return element.tag.rpartition("}")[2]
