r"""Plain text -> LaTeX that BibTeX and LaTeX take as that text, whoever wrote it.

Signs of TeX are escaped, accents become commands so that styles may sort and abbreviate; math is kept where it holds
nothing but harmless commands. Other scripts stay as they are: LaTeX reads UTF-8.
"""

import re
import unicodedata
from functools import cache

from generator.tex import split_math
from generator.text import xml_text

_PLAIN = re.compile(r"[A-Za-z0-9 .,:;()/*+=!\[\]-]*")
_LIGATURE = re.compile(r"-(?=-)|'(?='|$)|`(?=`|$)|,(?=,)|[?!](?=`)")
"""Where two characters would become one, and a quotation mark at the end: what follows is not ours to know."""

_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # an escaped brace would still be counted by BibTeX
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{sign: f"\\{sign}" for sign in "$&%#_"},
    "@": "{@}",  # else some readers take the word after it for an entry's type
    "\u00a0": "~",
    "\u2013": "{--}",
    "\u2014": "{---}",
    "\u2018": r"\textquoteleft{}",
    "\u2019": r"\textquoteright{}",
    "\u201c": "{``}",
    "\u201d": "{''}",
    "\u2026": r"{\ldots}",
}
# The LaTeX companion: letters that are no accented ones.
_LETTERS = {
    "ß": r"{\ss}", "æ": r"{\ae}", "Æ": r"{\AE}", "œ": r"{\oe}", "Œ": r"{\OE}", "ø": r"{\o}", "Ø": r"{\O}",
    "ł": r"{\l}", "Ł": r"{\L}", "ı": r"{\i}", "å": r"{\aa}", "Å": r"{\AA}",
}  # fmt: skip
_ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0323\u0331\u0327\u0328",
        "`'^~=u.\"rHvdbck",
        strict=True,
    )
)

_HARMLESS = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau"
    " upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
    " mathbf mathbb mathcal mathrm mathit mathsf mathfrak mathtt bm boldsymbol text textbf textit textrm operatorname"
    " frac tfrac sqrt sum prod int infty partial nabla times cdot cdots ldots dots pm mp le leq ge geq ne neq ll gg"
    " approx sim simeq equiv propto to rightarrow leftarrow leftrightarrow Rightarrow mapsto in notin subset subseteq"
    " cup cap forall exists log ln exp min max sup inf lim arg det dim left right big Big langle rangle lceil rceil"
    " lfloor rfloor ell hbar star ast circ bullet dagger prime hat tilde bar vec dot ddot overline underline widehat"
    " widetilde oplus otimes perp parallel mid vert Vert quad".split()
)
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)


@cache
def latex(text: str) -> str:
    """Write plain text, with math between dollars, as LaTeX on one line; braces are balanced."""
    if _PLAIN.fullmatch(text) and "--" not in text and ",," not in text:
        return text
    text = xml_text(text)
    if "$" not in text and "\\" not in text:
        return _escaped(text)
    pieces = split_math(text)
    return "".join(piece if is_math and _is_harmless(piece) else _escaped(piece) for piece, is_math in pieces)


def _escaped(text: str) -> str:
    text = _LIGATURE.sub(lambda sign: f"{sign[0]}\ufdd0", text)
    return "".join(map(_character, text)).replace("\ufdd0", "{}")


@cache
def _character(character: str) -> str:
    if character.isascii() or character in _SIGNS:
        return _SIGNS.get(character, character)
    if character in _LETTERS:
        return _LETTERS[character]
    base, *marks = list(unicodedata.normalize("NFD", character))
    if len(marks) != 1 or marks[0] not in _ACCENTS or not base.isascii() or not base.isalpha():
        return character
    accent = _ACCENTS[marks[0]]
    base = f"\\{base}" if base in "ij" else base
    return f"{{\\{accent}{' ' if accent.isalpha() else ''}{base}}}" if "\\" not in base else f"{{\\{accent}{{{base}}}}}"


def _is_harmless(math: str) -> bool:
    """Tell whether a piece of math is ``$…$`` whose commands can do no more than be set: LaTeX runs commands."""
    inside = math[1:-1]
    if not math.startswith("$") or math.startswith("$$") or "$" in inside or not inside.strip():
        return False
    if not inside.isascii() or any(sign in inside for sign in "%#&~@\"'`"):
        return False
    commands = _COMMAND.findall(inside)
    if any(command not in _HARMLESS and command not in (",", ";", ":", "!") for command in commands):
        return False
    return _balanced(inside) and not re.search(r"[\^_]\s*(?:[\^_]|$)", inside)


def _balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0
