"""Text that strangers wrote, made safe to stand in HTML, in Markdown and in links; curators' Markdown made HTML.

Cleaning the text itself is left to ``text``, templates and pages to ``site``.
"""

import html
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from generator.text import clean_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# White space that ends a line for some parser; Python-Markdown keeps its own placeholders between U+0002 and U+0003.
_LINE_BREAKS = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029"
# What is neither seen nor allowed in YAML or XML, and the bidi controls that would turn around what stands after them.
_UNSEEN = dict.fromkeys(
    [
        *(*range(9), *range(0x0E, 0x1C), 0x1F, *range(0x7F, 0x85), *range(0x86, 0xA0), 0xFFFE, 0xFFFF),
        *(*range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    ],
    "",
)
_PLAIN: dict[int, str] = (
    _UNSEEN | dict.fromkeys(map(ord, _LINE_BREAKS), " ") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
)
_NOTE = _UNSEEN | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"} | {sign: f"&#{ord(sign)};" for sign in "\"'{}`"}
_SIGNED = re.compile("[&<>\"'{}`]")
_HTML = _PLAIN | str.maketrans(_SIGNS)
_MARKDOWN = _PLAIN | {code: f"&#{code};" for code in range(0x21, 0x7F) if not chr(code).isalnum()}

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_WEB = re.compile(r"https?://[^/\\?#]", re.IGNORECASE)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?")
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEPT = "%/:@!$&()*+,;=~-._?"
_MAIL = re.compile(r"mailto:[A-Za-z0-9.!#$%&*+/=?^_|~-]+@[A-Za-z0-9.-]+", re.IGNORECASE)

_TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
_ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_TEMPLATE = str.maketrans({sign: f"&#{ord(sign)};" for sign in "{}`"})


def escape_html(text: str) -> str:
    """Escape a text for HTML and for quoted attributes inside a raw HTML block of a Markdown page, on one line."""
    if not text.isprintable():
        return text.translate(_HTML)
    if not _SIGNED.search(text):  # nearly every name
        return text
    for sign, written in _SIGNS.items():  # nearly every text: nothing in it has to go
        text = text.replace(sign, written)
    return text


def escape_markdown(text: str) -> str:
    """Escape a text for Markdown and front matter: every ASCII character but letters, digits and spaces as ``&#N;``."""
    return text.translate(_MARKDOWN)


def safe_url(address: str) -> str | None:
    """Write an http or https address so that it can stand in a link; None for anything else."""
    address = address.strip(" \t\r\n")
    if _FORBIDDEN.search(address) or not _WEB.match(address):
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError:
        return None
    if host is None or "@" in parts.netloc or "\\" in parts.netloc:
        return None
    place = host if port is None else f"{host}:{port}"
    path = _quote(parts.path) or "/"
    query = f"?{_quote(parts.query)}" if parts.query else ""
    fragment = f"#{_quote(parts.fragment)}" if parts.fragment else ""
    return f"{parts.scheme.lower()}://{place}{path}{query}{fragment}"


def _host(name: str) -> str | None:
    if ":" in name:
        name = f"[{name}]"
        return name if _IPV6.fullmatch(name) else None
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    return name if _HOST.fullmatch(name) else None


def _quote(part: str) -> str:
    return quote(_BAD_PERCENT.sub("%25", part), safe=_KEPT)


def _safe_link(address: str) -> str:
    address = html.unescape(address)
    return address if _MAIL.fullmatch(address) else safe_url(address) or ""


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # here, for most of what asks this module has no note to render

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    parser.disable(["image", "heading", "lheading", "hr", "html_block", "html_inline"])
    # The two hooks that markdown-it calls for every link, in this order.
    setattr(parser, "normalizeLink", _safe_link)  # noqa: B010 - mypy forbids assigning to a method
    setattr(parser, "validateLink", bool)  # noqa: B010
    return parser


_WORDS = re.compile(r"[A-Za-z]+(?:(?:[,;:]? |-)[A-Za-z]+)*\.?")
"""A note in which Markdown has nothing to find: one line of words, with what stands between words."""


@lru_cache(maxsize=4096)
def render_note(markdown: str) -> str:
    """Render a curator's Markdown, a safe subset, as HTML on one line: no HTML, images, headings or foreign schemes."""
    if _WORDS.fullmatch(markdown):  # most descriptions of topics: no parser is loaded for them
        return f"<p>{markdown}</p>"
    return _rendered_note(markdown)


def _rendered_note(markdown: str) -> str:
    import nh3  # here as well

    # Twice guarded: the parser makes no other tags, and nh3 would drop them.
    rendered = nh3.clean(
        _parser().render(markdown.translate(_NOTE)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    pieces = _PRE.split(rendered)
    return "".join(
        re.sub(r"[\r\n]", "&#10;", piece.translate(_TEMPLATE))
        if place % 2
        else _one_line(piece.translate(_TEMPLATE)).strip()
        for place, piece in enumerate(pieces)
    ).strip()


def _one_line(piece: str) -> str:
    return re.sub(r"(?<=>) (?=</?(?:p|ul|ol|li|blockquote|pre)\b)", "", re.sub(r"\s+", " ", piece))


def plain_note(markdown: str) -> str:
    """Write a curator's Markdown as plain text on one line."""
    spaced = re.sub(r"(</(?:p|li|pre|blockquote)>|<br\s*/?>)", r"\1 ", render_note(markdown))
    return clean_line(html.unescape(re.sub(r"<[^<>]*>", "", spaced)).replace("&", "&amp;"))
