"""Titles, abstracts and names as a person would write them, and their folded forms: slugs, sort keys.

TeX is left to ``tex``, escaping for pages to ``markup``, addresses of papers to ``ids``.
"""

import hashlib
import html
import re
import unicodedata

from generator.tex import lowered, raised, split_math, untex, untex_name

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_C1 = re.compile(r"[\x80-\x9f]")
_UTF8_AS_LATIN1 = re.compile(r"[\xc2-\xf4][\x80-\xbf]{1,3}")
# Windows-1252's characters in place of the C1 controls that share their numbers; five have none.
_CP1252 = {code: bytes([code]).decode("cp1252", errors="ignore") for code in range(0x80, 0xA0)}
_JOINERS = re.compile(r"[\u200c\u200d]+")
# A joiner says something between emoji and in the scripts whose letters join: Arabic to Malayalam, Sinhala, Mongolian.
# It is compiled when it is asked for, and seldom is.
_JOINING = r"[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufe0f\u2600-\u27bf\u2640\u2642\U0001f000-\U0001faff]"
# Control, format, surrogate and noncharacters, less white space and the joiners, which have rules of their own.
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)
# XML 1.0, production 2; the same said by what is allowed would take some milliseconds to compile.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_MARKUP = re.compile(r"[\\{}<~`$^]|--")
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,9})(?P<rest>\s[^<>]{0,500})?/?>")
_ATTRIBUTES = re.compile(r"""(?:\s+[A-Za-z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*""")
_FORMATTING = frozenset(
    "a abbr b big center cite code div em font i inf italic p q s scp small span strong sub sup tt u".split()
)

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z.-]*(?: [A-Za-z][A-Za-z.-]*)*")
_NAME_EDGES = " ,;:\\|*†‡§¶"
_NO_SLUG = re.compile("[^a-z0-9]+")
_APOSTROPHES = re.compile(r"['’‘ʼʹʻ´`′]")
RESERVED = frozenset(
    ["index", "a-z", "feed", "404", "assets", "api", "search", "con", "prn", "aux", "nul"]
    + [f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)]
)
"""Parts of addresses that are taken: by the site itself, or by a system that keeps its files."""
_SLUG_LENGTH = 80
_PARTICLES = frozenset(
    "van von der den de del della delle degli dei di da das do dos du d' la las le los lo het ter ten te zu zum zur af"
    " av al el ul ibn bin ben binti bint dal dalla e y of st 't".split()
)
_SUFFIX = re.compile(r"(?:jr|sr|esq|phd|ph\.d|md|ii|iii|iv|2nd|3rd|4th)\.?", re.IGNORECASE)
_COMPANY = re.compile(
    r"\b(?:collaborations?|team|consortium|group|network|project|community|contributors|foundation|institute|university"
    r"|laborator(?:y|ies)|labs?|committee|initiative|authors|others)\b|\bAI$",
    re.IGNORECASE,
)


def clean_line(text: str) -> str:
    """Write a text as one line without what no reader sees: controls, bidi marks, leftover entities, runs of spaces."""
    if _is_clean(text):
        return text
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if _C1.search(text):
        text = _repair_c1(text)
    text = _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))
    text = _JOINERS.sub(_keep_joiner, text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _is_clean(text: str) -> bool:
    # ``isprintable`` is false for every control, format and separator character but the space, and costs little.
    return (
        text.isprintable()
        and "&" not in text
        and "  " not in text
        and text[:1] != " "
        and text[-1:] != " "
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    )


def _repair_c1(text: str) -> str:
    text = _UTF8_AS_LATIN1.sub(_decode_utf8, text)
    if not _C1.search(text.replace("\x85", "")):
        return text  # alone, U+0085 is a line break and not an ellipsis
    return text.translate(_CP1252)


def _decode_utf8(found: re.Match[str]) -> str:
    if not _C1.search(found[0]):
        return found[0]
    try:
        return found[0].encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return found[0]


def _keep_joiner(found: re.Match[str]) -> str:
    start, end = found.span()
    before, after = found.string[max(start - 1, 0) : start], found.string[end : end + 1]
    return found[0][0] if re.match(_JOINING, before) and re.match(_JOINING, after) else ""


def clean_title(text: str) -> str:
    """Write a title as a person would: ``clean_line``, TeX and formatting tags to their text, math kept as TeX."""
    line = clean_line(text)
    return untex(_drop_tags(line)) if _MARKUP.search(line) else line


def clean_abstract(text: str) -> str:
    """Write an abstract as one paragraph, by the rules of a title."""
    return clean_title(text)


def _drop_tags(line: str) -> str:
    """Take out line breaks and the formatting tags that come in pairs; anything else in angle brackets is text."""
    if "<" not in line:
        return line
    pieces: list[str] = []
    opened: list[tuple[str, int]] = []
    for piece, is_math in split_math(line):
        start = 0
        for tag in () if is_math else _TAG.finditer(piece):
            name = tag["name"].lower()
            pieces.append(piece[start : tag.start()])
            start = tag.end()
            pieces.append(tag[0])
            if tag["rest"] and not _ATTRIBUTES.fullmatch(tag["rest"].rstrip("/")):
                continue
            if name == "br":
                pieces[-1] = " "
            elif name in _FORMATTING and not tag["close"]:
                opened.append((name, len(pieces) - 1))
            elif name in _FORMATTING and opened and name in {other for other, _ in opened[-8:]}:
                while opened[-1][0] != name:
                    opened.pop()
                _close(pieces, name, opened.pop()[1])
        pieces.append(piece[start:])
    return "".join(pieces)


def _close(pieces: list[str], name: str, start: int) -> None:
    space = " " if name in ("p", "div", "center") else ""
    pieces[start] = pieces[-1] = space
    if name in ("sup", "sub", "inf") and len(pieces) - start == 3:
        inside = pieces[start + 1]
        pieces[start + 1] = (raised(inside) if name == "sup" else lowered(inside)) or inside


def clean_name(text: str) -> str:
    """Write a person's name without TeX and stray punctuation at its ends; '' for a name without letter or digit."""
    if _PLAIN_NAME.fullmatch(text):  # nine of ten; there is nothing to take out
        return text
    name = clean_line(text)
    if any(sign in name for sign in "\\{}`~<$'"):
        name = untex_name(_drop_tags(name))
    name = name.strip(_NAME_EDGES)
    return name if any(character.isalnum() for character in name) else ""


def fold(text: str) -> str:
    """Write a text in lower-case ASCII, for comparing."""
    if text.isascii():
        return text.lower()
    from anyascii import anyascii  # here, for it brings along more than most commands need

    return anyascii(_SURROGATE.sub("", text)).lower()


def slug(text: str, fallback_prefix: str) -> str:
    """Build the part of an address from a name: lower-case ASCII letters and digits, single hyphens, at most 80.

    ``fallback_prefix`` is itself a slug; it stands before a hash where the text leaves nothing, and before names that
    are taken (``index``, ``con``).
    """
    folded = fold(_APOSTROPHES.sub("", text))
    if "+" in folded or "#" in folded:
        folded = folded.replace("+", " plus ").replace("#", " sharp ")
    name = _NO_SLUG.sub("-", folded.replace("'", "")).strip("-")
    if not name:
        return f"{fallback_prefix}-{_hash(text)}"
    if name in RESERVED:
        return f"{fallback_prefix}-{name}"
    if len(name) <= _SLUG_LENGTH:
        return name
    cut = name[: _SLUG_LENGTH - 8]  # a hyphen at the cut's end counts: then nothing of a word is lost
    return f"{(cut.rpartition('-')[0] or cut[:-1]).strip('-')}-{_hash(name)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()[:8]


def name_parts(name: str) -> tuple[str, str, str]:
    """Split a name into family name with its particles, given names, and suffix; a group's name is all family name."""
    if " " not in name or _COMPANY.search(name):
        return name, "", ""
    before, comma, after = name.partition(",")
    if comma and " " not in before.strip() and not _SUFFIX.fullmatch(after.strip()):
        return before.strip(), after.strip(), ""  # "Lakshmanan, V.S."
    words = before.split()
    suffixes: list[str] = [after.strip()] if after.strip() else []
    while len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        suffixes.append(words.pop())
    start = max(len(words) - 1, 0)
    while start > 0 and words[start - 1] in _PARTICLES:
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start]), " ".join(suffixes)


def sort_key(name: str) -> tuple[str, str]:
    """Build the key (family name, given names), folded, under which lists from A to Z show a name."""
    family, given, suffix = name_parts(name)
    if not given and not suffix:
        return fold(family).removeprefix("the "), ""
    return fold(family), fold(f"{given} {suffix}".strip())


def xml_text(text: str) -> str:
    """Drop the characters that XML 1.0 forbids."""
    return text if text.isprintable() else _NOT_IN_XML.sub("", text)
