"""XML for feeds: elements whose text is cut to what XML allows, heads of feeds built with an XML library.

An entry is written once, on its own, and laid into every feed that has it: so names carry their prefix as it is
written, and the root alone says what the prefixes stand for. Of entries there are thousands: they are written as the
library would, without building it a tree.
"""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from xml.etree import ElementTree as ET

from generator.text import xml_text

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def add(parent: ET.Element, name: str, text: str | None = None, /, **attributes: str) -> ET.Element:
    """Add an element with its text and attributes to `parent`."""
    element = ET.SubElement(parent, name, {key: xml_text(value) for key, value in attributes.items()})
    if text is not None:
        element.text = xml_text(text)
    return element


_IN_ATTRIBUTE = str.maketrans({'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"})


def element(name: str, text: str | None = None, /, **attributes: str) -> str:
    """Write an element with its text and attributes, byte for byte as the library does."""
    head = name
    for key, value in attributes.items():
        head += f' {key}="{escape(xml_text(value), quote=False).translate(_IN_ATTRIBUTE)}"'
    inside = escape(xml_text(text), quote=False) if text else ""
    return f"<{head}>{inside}</{name}>" if inside else f"<{head} />"


def wrapped(name: str, *inside: str) -> str:
    """Write an element around others that are written already."""
    body = "".join(inside)
    return f"<{name}>{body}</{name}>" if body else f"<{name} />"


def written(element: ET.Element) -> str:
    """Write an element down, without a declaration."""
    return ET.tostring(element, encoding="unicode")


def document(root: ET.Element, parent: str, entries: Iterable[str]) -> bytes:
    """Write a document with `entries`, each written already, at the end of the root's element named `parent`."""
    before, end, after = written(root).rpartition(f"</{parent}>")
    return "".join([_DECLARATION, before, "\n", *(f"{entry}\n" for entry in entries), end, after, "\n"]).encode()


def moment(when: datetime) -> str:
    """Write a moment in UTC as RFC 3339 has it, to the microsecond: ``2025-12-11T00:12:03.004500Z``."""
    return when.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
