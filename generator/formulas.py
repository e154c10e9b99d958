r"""Formulas of titles and abstracts (``$…$``, ``\(…\)``, ``$$…$$``, environments) as MathML, and as text on a line.

Reading the TeX is math-core's business, finding it in a text ``tex``'s. What comes back is written anew from a list of
elements and attributes, so that nothing else can reach a page.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from generator.markup import escape_html
from generator.tex import lowered, raised, split_math

if TYPE_CHECKING:
    from math_core import LatexToMathML

LONGEST = 1_500
"""Characters of a formula that is rendered: the longest of 8,768 recorded ones has 1,220."""
DEEPEST = 40
"""Braces and elements within each other: math-core ends the process on some thousands."""

# Conventions of arXiv's abstracts that math-core does not know, or refuses in math.
_MACROS = {
    "widetilde": r"\tilde{#1}",
    "mbox": r"\text{#1}",
    "hbox": r"\text{#1}",
    "textup": r"\text{#1}",
    "emph": r"\textit{#1}",
    "href": r"\text{#2}",
    "eps": r"\varepsilon",
    **{letter: rf"\mathbb{{{letter}}}" for letter in "CNQRZ"},
    **{letter * 2: rf"\mathbb{{{letter}}}" for letter in "CNQRZ"},
}
_MARKS = re.compile(r"(?<!\\)((?:\\\\)*)%")  # a comment in TeX; on one line it means the sign
_CHARACTER = re.compile(r"\\unicode\s*\{x([0-9a-fA-F]{2,5})\}")

_ELEMENTS = frozenset(
    "math mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr"
    " munder munderover".split()
)
_ATTRIBUTES = {
    "accent": re.compile("true|false"),
    "accentunder": re.compile("true|false"),
    "display": re.compile("block"),
    "form": re.compile("prefix|infix|postfix"),
    "linethickness": re.compile("0"),
    "mathvariant": re.compile("normal"),
    "movablelimits": re.compile("true|false"),
    "stretchy": re.compile("true|false"),
    "symmetric": re.compile("true|false"),
    **dict.fromkeys(
        ("lspace", "maxsize", "minsize", "rspace", "width"), re.compile(r"-?[0-9]{1,2}(?:\.[0-9]{1,8})?(?:em)?")
    ),
}
_INVISIBLE = dict.fromkeys(map(ord, "\u2062\u2063\u2064\ufe00\ufe01"))
_APPLIED = "\u2061"
_ACCENTS = {
    "˜": "\u0303", "~": "\u0303", "ˆ": "\u0302", "^": "\u0302", "¯": "\u0304", "‾": "\u0304", "⃗": "\u20d7",
    "→": "\u20d7", "˙": "\u0307", "¨": "\u0308", "ˇ": "\u030c", "˘": "\u0306", "´": "\u0301", "`": "\u0300",
}  # fmt: skip
_RELATIONS = frozenset("=≠<>≤≥≪≫≈∼≃≅≡∝∈∉⊂⊆⊃⊇→←↔⇒⇐⇔↦⟶≺≻⪯⪰∣⊢⊨:;,")
# Bold, script and other faces; the letters of sets, ℝ and its like, are read as they are.
_LETTERS = re.compile("[\u210b-\u210e\u2110-\u2112\u211b-\u211c\u2128\u212c-\u2133\U0001d400-\U0001d7ff]+")
_ROOTS = {"3": "∛", "4": "∜"}


def has_formula(text: str) -> bool:
    """Tell whether a text may hold a formula: a look without reading it."""
    return "$" in text or "\\" in text


def formulas_html(text: str, *, inline: bool = False) -> str | None:
    """Write a text as safe HTML on one line, its formulas as MathML; None where there is none.

    What is no TeX that math-core knows is shown as TeX. With `inline`, for a heading, no formula has a line of its own.
    """
    if not has_formula(text):
        return None
    pieces = split_math(text)
    if not any(is_math for _, is_math in pieces):
        return None
    return "".join(_html(piece, inline) if is_math else escape_html(piece) for piece, is_math in pieces)


def formulas_text(text: str) -> str:
    """Write a text with its formulas as a person would write them on a line: ``$O(n^2)$`` as ``O(n²)``."""
    if not has_formula(text):
        return text
    return "".join(_text(piece) if is_math else piece for piece, is_math in split_math(text))


def inside(formula: str) -> tuple[str, bool]:
    """Return a formula without what marks it as one, and whether it stands on a line of its own."""
    for mark, end, is_display in (("$$", "$$", True), ("$", "$", False), (r"\(", r"\)", False), (r"\[", r"\]", True)):
        if formula.startswith(mark):
            return formula.removeprefix(mark).removesuffix(end).strip(), is_display
    return formula, True


@lru_cache(maxsize=4096)
def _html(formula: str, inline: bool) -> str:
    tex, is_display = inside(formula)
    tree = _tree(tex, is_display=is_display and not inline)
    return f'<code class="tex">{escape_html(tex)}</code>' if tree is None else _written(tree)


@lru_cache(maxsize=4096)
def _text(formula: str) -> str:
    tex, _ = inside(formula)
    tree = _tree(tex, is_display=False)
    return tex if tree is None else " ".join(_read(tree).split())


@cache
def _converter() -> "LatexToMathML":
    from math_core import LatexToMathML

    return LatexToMathML(macros=_MACROS, fancy_error=False)


def _tree(tex: str, *, is_display: bool) -> ET.Element | None:
    """Return a formula as MathML, of allowed elements and attributes only; None for what is not understood."""
    # Imported here: commands that read no formula need not pay.
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring
    from math_core import LatexError

    tex = _CHARACTER.sub(lambda found: chr(int(found[1], 16)), tex)
    if len(tex) > LONGEST or _depth(tex) > DEEPEST:
        return None
    try:
        written = _converter().convert_with_local_state(_MARKS.sub(r"\1\\%", tex), displaystyle=is_display)
        found: ET.Element = fromstring(written.replace("&ApplyFunction;", _APPLIED), forbid_dtd=True)
    except (LatexError, ET.ParseError, DefusedXmlException):
        return None
    allowed = _allowed(found)
    return allowed if allowed is not None and "".join(allowed.itertext()).strip() else None


def _depth(tex: str) -> int:
    deepest = depth = 0
    for sign in tex:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest


def _allowed(element: ET.Element, depth: int = 0) -> ET.Element | None:
    """Copy an element with what is allowed of it; None if it is nested too deep."""
    if depth > DEEPEST:
        return None
    if element.tag == "mtext":  # its words may be in <b> or <code>
        words = ET.Element("mtext")
        words.text = "".join(element.itertext())
        return words
    if element.tag not in _ELEMENTS:
        return None
    kept = {name: value for name, value in element.attrib.items() if _is_allowed(name, value)}
    copy = ET.Element(element.tag, kept)
    copy.text = (element.text or "").translate(_INVISIBLE)
    for child in element:
        if child.tag == "mspace" and not child.attrib:
            continue
        inner = _allowed(child, depth + 1)
        if inner is None:
            return None
        copy.append(inner)
    return copy[0] if copy.tag == "mrow" and len(copy) == 1 and not copy.attrib else copy


def _is_allowed(name: str, value: str) -> bool:
    form = _ATTRIBUTES.get(name)
    return form is not None and form.fullmatch(value) is not None


def _written(element: ET.Element) -> str:
    attributes = "".join(f' {name}="{escape_html(value)}"' for name, value in element.items())
    children = "".join(map(_written, element))
    return f"<{element.tag}{attributes}>{escape_html(element.text or '')}{children}</{element.tag}>"


def _read(element: ET.Element) -> str:
    """Write MathML as text: raised and lowered characters where Unicode has them, else ``^`` and ``_``."""
    parts = [_read(child) for child in element]
    match element.tag:
        case "msup" | "mover" if len(parts) == 2:
            return _above(parts, element)
        case "msub" | "munder" if len(parts) == 2:
            return parts[0] + _script("_", parts[1])
        case "msubsup" | "munderover" if len(parts) == 3:
            return parts[0] + _script("_", parts[1]) + _script("^", parts[2])
        case "mfrac" if len(parts) == 2:
            return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
        case "msqrt":
            return f"√{_grouped(''.join(parts))}"
        case "mroot" if len(parts) == 2:
            return f"{_ROOTS.get(parts[1], _script('^', parts[1]) + '√')}{_grouped(parts[0])}"
        case "mtable" | "mtr":
            return ("; " if element.tag == "mtable" else ", ").join(parts)
        case "mspace":
            return " "
        case "mo":
            return _sign(element.text or "")
        case _:
            return _LETTERS.sub(_in_plain_face, element.text or "") + "".join(parts)


def _in_plain_face(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def _sign(text: str) -> str:
    if text == _APPLIED:
        return " "
    if text in _RELATIONS:
        return f"{text} " if text in ",;:" else f" {text} "
    return text


def _above(parts: list[str], element: ET.Element) -> str:
    base, mark = parts[0], parts[1].strip()
    if element.tag == "msup":
        return base + (mark if mark and set(mark) <= {"′", "″", "‴"} else _script("^", mark))
    combining = _ACCENTS.get(mark)
    if combining is None:
        return base + _script("^", mark)
    return unicodedata.normalize("NFC", base + combining) if len(base) == 1 else base


def _script(sign: str, text: str) -> str:
    text = text.strip().replace("−", "-")
    if text in ("∘", "°"):
        return "°"
    small = (raised if sign == "^" else lowered)(text)
    if small is not None:
        return small
    if sign == "_" or len(text) == 1:
        return f"{sign}{_grouped(text)}" if text else ""
    return f"^{text}" if text[:1] == "(" and text[-1:] == ")" else f"^({text})"


def _grouped(text: str) -> str:
    text = text.strip()
    return text if len(text) == 1 or text.isalnum() or (text[:1], text[-1:]) == ("(", ")") else f"({text})"
