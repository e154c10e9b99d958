"""What TeX in titles, abstracts and names reads as: accents to letters, a few commands to their text, math left alone.

Unicode and HTML are left to ``text``, and rendering the math that stays to the site.
"""

import re
import unicodedata
from collections.abc import Iterator

# Noncharacters (Unicode 23.7) stand for what later steps must not touch; ``text.clean_line`` lets none in.
_MATH_OPEN, _MATH_CLOSE, _BRACE_OPEN, _BRACE_CLOSE, _DOLLAR = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
_ESCAPES = {"\\\\": " ", r"\{": _BRACE_OPEN, r"\}": _BRACE_CLOSE, r"\$": _DOLLAR}
_RESTORE = str.maketrans({_BRACE_OPEN: "{", _BRACE_CLOSE: "}", _DOLLAR: "$"})

_ATOM = re.compile(
    r"""(?P<escape>\\[\\{}$])
    | \$\$(?:\\.|[^$\\])++\$\$
    | (?P<inline>\$(?:\\.|[^$\\])++\$)
    | \\\((?P<round>(?:(?!\\[()]).)*+)\\\)
    | \\\[(?:(?!\\[\[\]]).)*+\\\]
    | \\begin\{(?P<environment>[A-Za-z]+\*?)\}(?:(?!\\begin|\\end).)*+\\end\{(?P=environment)\}""",
    re.VERBOSE | re.DOTALL,
)
_ONLY_IN_TEX = re.compile(r"[\\^_={}<>+|]")
# Dollars around nothing but words in another face.
_WORDS_IN_MATH = re.compile(r"\$\\(?:emph|text|textit|textbf|texttt|textsc|textrm)\{([^{}$\\]*+)\}\$")
_PROSE = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,}+,? ++[A-Za-z]{2,}")

# Combining marks by TeX accent: The LaTeX companion, table of accents in text.
_MARKS = dict(
    zip(
        "`'^~=u.\"rHvdbck",
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0323\u0331\u0327\u0328",
        strict=True,
    )
)
_OGONEK, _BREVE = _MARKS["k"], _MARKS["u"]
_ACCENT = re.compile(
    r"""\\(?:(?P<sign>["'`^~=.])\s*+ | (?P<letter>[uvHcdbkr])(?:\s++|(?=[{\\])))
    (?:\{\s*+(?P<braced>\\[ij]|[^\W\d_])\s*+\} | (?P<bare>\\[ij](?![A-Za-z])(?:\{\}|\ )?|[^\W\d_]))""",
    re.VERBOSE,
)
# Without braces a backslash may as well escape a quote or a full stop: only the bases that are in use count.
_BARE_BASES = {'"': frozenset("aeiouyAEIOUY"), ".": frozenset("zZIeE"), "d": frozenset("aehilmnorstuz")}
_ESCAPED_QUOTE = re.compile(r"""(?<!\w)\\"(?=\w[^"\\]*+\\"(?!\w))|(?<=[\w.,;!?])\\"(?![\w{\\])""")

_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon"
    " phi chi psi omega"
)


def _greek() -> Iterator[tuple[str, str]]:
    for name in _GREEK.split():
        unicode_name = name.upper().replace("LAMBDA", "LAMDA")
        yield name, unicodedata.lookup(f"GREEK SMALL LETTER {unicode_name}")
        yield name.capitalize(), unicodedata.lookup(f"GREEK CAPITAL LETTER {unicode_name}")


_SYMBOLS = dict(_greek()) | {
    "varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "varDelta": "Δ", "times": "×", "pm": "±", "leq": "≤", "le": "≤",
    "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼", "equiv": "≡", "infty": "∞", "to": "→",
    "rightarrow": "→", "leftarrow": "←", "cdot": "·", "div": "÷", "in": "∈", "subset": "⊂", "subseteq": "⊆", "cap": "∩",
    "cup": "∪", "ell": "ℓ", "partial": "∂", "nabla": "∇", "forall": "∀", "exists": "∃", "otimes": "⊗", "oplus": "⊕",
    "dots": "…", "ldots": "…", "cdots": "…", "textellipsis": "…", "textdegree": "°", "textregistered": "®",
    "texttrademark": "™", "copyright": "©", "textcopyright": "©", "S": "§", "pounds": "£", "euro": "€", "texteuro": "€",
    "textendash": "–", "textemdash": "—", "textasciitilde": "~", "textasciicircum": "^",
    "LaTeX": "LaTeX", "TeX": "TeX", "quad": " ", "qquad": " ", "newline": " ", "allowbreak": "", "textless": "<",
    "textgreater": ">", "textunderscore": "_", "aleph": "ℵ", "textquotesingle": "'", "textmu": "µ", "dag": "†",
    "eg": "e.g.", "ie": "i.e.", "etc": "etc.", "etal": "et al.",
}  # fmt: skip
_SYMBOLS["textbackslash"] = "\\"
# Commands that only change how their argument looks; the last line's are newer packages'.
_TEXT_COMMANDS = frozenset(
    "emph textit textbf texttt textsc textsf textrm textsl textup textmd textnormal text mbox underline mathrm mathbf"
    " mathit mathsf mathtt mathcal mathbb operatorname url path nolinkurl title enquote uline ul hl sout".split()
)
_LOST_BACKSLASH = "textbf|textit|texttt|textsc|textsf|emph"
_SWITCHES = frozenset("em it bf sl sc tt rm sf itshape bfseries scshape slshape ttfamily sffamily normalfont".split())
_CITATIONS = frozenset("cite citep citet citealp citealt parencite textcite".split())
_DROPPED = frozenset("label color vspace hspace".split())
_WITH_ARGUMENT = _CITATIONS | _DROPPED | {"textsuperscript", "textsubscript", "footnote"}
_TWO_ARGUMENT_COMMANDS = frozenset(("href", "textcolor", "colorbox"))
_LOST_HREF = re.compile(r"(?P<first>https?://[^\s{}\\]+)\{(?P<second>[^{}]*+)\}")
_LOST_SWITCH = re.compile(r"(?:bf|em|it|tt) (?=\S)")
_TWO_ARGUMENTS = re.compile(r"\\(?P<name>href|textcolor|colorbox)\s?\{(?P<first>[^{}]*+)\}\s?\{(?P<second>[^{}]*+)\}")
_GROUP = re.compile(
    rf"(?P<before>\\[A-Za-z]++\*?\s?|(?<![A-Za-z\\])(?:{_LOST_BACKSLASH})|[\^_]|)\{{(?P<inside>[^{{}}]*+)\}}"
)
_COMMAND = re.compile(r"\\(?P<name>[A-Za-z]++)(?P<end>\{\}|\ ++)?")
_GROUPED_WORDS = re.compile(rf"[\w\s.:'’&/+*–{_MATH_OPEN}{_MATH_CLOSE}-]*")
_CAPITAL = re.compile(r"[^\W\d_a-zß-öø-ÿ]")
_PUNCTUATION = re.compile(r"\\(?:(?P<kept>[&%_#])|(?P<space>[,;: ])|[!/-])")
_TIE = re.compile(rf"(?<=[\w.,;:)\]%{_MATH_CLOSE}])~(?=[\w(\[\\{_MATH_OPEN}])")
# "1M~4M" is a range and "n~300" an estimate, "Table~2" is neither.
_ABOUT = re.compile(r"(?:\d[A-Za-z%]{0,2}|(?<![^\W_])[a-z])~\d")
_QUOTED = re.compile(r"``((?:[^`']|'(?!'))*+)''")
_DASH = re.compile(r"(?<=[^\W_]|[.)\]\"”])---?(?=[^\W_]|[(\[\"“])|(?<=\s)---?(?=\s|$)|(?<=[^\W_])---?(?=\s)(?<=---)")

_RAISED = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_LOWERED = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
_ROUNDS = 8
"""How deep groups may nest; deeper ones stay as they are."""


def split_math(text: str) -> list[tuple[str, bool]]:
    r"""Cut a text into pieces, each with whether it is math (``$…$``, ``$$…$$``, ``\(…\)``, ``\[…\]``, environments).

    The pieces joined are the text; dollars before sums of money are no math.
    """
    pieces: list[tuple[str, bool]] = []
    done = start = 0
    while found := _ATOM.search(text, start):
        if found["escape"] or (
            found["inline"] and _is_money(found["inline"][1:-1], text[found.end() : found.end() + 1])
        ):
            start = found.start() + (2 if found["escape"] else len(found["inline"]) - 1)
            continue
        if done < found.start():
            pieces.append((text[done : found.start()], False))
        pieces.append((found[0], True))
        done = start = found.end()
    if done < len(text):
        pieces.append((text[done:], False))
    return pieces


def _is_money(inside: str, after: str) -> bool:
    if _ONLY_IN_TEX.search(inside):
        return False
    if inside[0].isdigit() and (inside[-1].isspace() or after.isdigit()):
        return True
    return _PROSE.search(inside) is not None


def raised(text: str) -> str | None:
    """Write digits and signs as superscript characters; None where Unicode has none."""
    return "".join(_RAISED[character] for character in text) if text and set(text) <= _RAISED.keys() else None


def lowered(text: str) -> str | None:
    """Write digits and signs as subscript characters; None where Unicode has none."""
    return "".join(_LOWERED[character] for character in text) if text and set(text) <= _LOWERED.keys() else None


def untex(text: str) -> str:
    r"""Write TeX outside math as the text it stands for; math stays, ``\(x\)`` as ``$x$``; so do unknown commands."""
    math: list[str] = []
    parts: list[str] = []
    for piece, is_math in split_math(text):
        if words := _WORDS_IN_MATH.fullmatch(piece):
            parts.append(words[1])
        elif is_math:
            parts.append(f"{_MATH_OPEN}{len(math)}{_MATH_CLOSE}")
            math.append(f"${piece[2:-2].strip()}$" if piece.startswith(r"\(") and "$" not in piece else piece)
        else:
            parts.append(re.sub(r"\\[\\{}$]", lambda escape: _ESCAPES[escape[0]], piece))
    line = _ESCAPED_QUOTE.sub('"', "".join(parts))
    for _ in range(_ROUNDS):
        before = line
        line = _ACCENT.sub(_accent, line)
        line = _LOST_HREF.sub(_link, _TWO_ARGUMENTS.sub(_two_arguments, line))
        line = _GROUP.sub(_group, line)
        if line == before:
            break
    line = _PUNCTUATION.sub(lambda sign: sign["kept"] or (" " if sign["space"] else ""), _COMMAND.sub(_command, line))
    line = _DASH.sub(lambda dash: "—" if len(dash[0]) == 3 else "–", _QUOTED.sub(r"“\1”", _TIE.sub(_tie, line)))
    line = re.sub(f"{_MATH_OPEN}([0-9]+){_MATH_CLOSE}", lambda place: math[int(place[1])], line)
    return " ".join(line.translate(_RESTORE).split())


def _beside(found: re.Match[str]) -> tuple[str, str]:
    """The characters before and after; slices, because a copy of the rest for every match would be quadratic."""
    start, end = found.span()
    return found.string[max(start - 1, 0) : start], found.string[end : end + 1]


def _accent(found: re.Match[str]) -> str:
    accent = found["sign"] or found["letter"]
    base = (found["braced"] or found["bare"].rstrip(" {}")).lstrip("\\")
    bare = found["bare"] is not None
    if bare and accent in _BARE_BASES and base not in _BARE_BASES[accent]:
        return found[0]
    if bare and accent == "'" and base in "stdm":  # "it\'s": an escaped apostrophe, not an accent
        before, after = _beside(found)
        if before.isalpha() and not after.isalpha():
            return f"'{base}"
    mark = _MARKS[accent]
    if accent == "c" and base in "aeiuAEIU":  # no language has these; Polish names were set so for want of an ogonek
        mark = _OGONEK
    if accent == "b" and base in "aA":  # nor this one; it is how Romanian names were set
        mark = _BREVE
    composed = unicodedata.normalize("NFC", base + mark)
    return found[0] if bare and len(composed) > 1 else composed


def _two_arguments(found: re.Match[str]) -> str:
    return _link(found) if found["name"] == "href" else found["second"]


def _link(found: re.Match[str]) -> str:
    address, words = found["first"], found["second"].strip()
    bare = re.sub(r"^https?://(www\.)?|/$", "", address)
    if not words or words in address:
        return address
    return words if bare in words else f"{words} ({address})"


def _tie(found: re.Match[str]) -> str:
    return "~" if _ABOUT.fullmatch(found.string, *_around(found)) else " "


def _around(found: re.Match[str]) -> tuple[int, int]:
    start = found.start()
    while start > 0 and found.start() - start < 3 and found.string[start - 1].isalnum():
        start -= 1
        if found.string[start].isdigit():
            break
    return start, found.end() + 1


def _group(found: re.Match[str]) -> str:
    before, inside = found["before"], found["inside"]
    name = before.strip("\\* ")
    if before in ("^", "_"):
        return (raised(inside) if before == "^" else lowered(inside)) or _keep(found)
    if not name:
        return _bare_group(found)
    if name in _TWO_ARGUMENT_COMMANDS:
        return found[0]  # its second argument still holds groups
    if name in _TEXT_COMMANDS or (inside and name in _SWITCHES):
        return inside
    if not inside:
        return _COMMAND.sub(_command, before.strip())
    return _argument(name, inside) if name in _WITH_ARGUMENT else _keep(found)


def _keep(found: re.Match[str]) -> str:
    return f"{found['before']}{_BRACE_OPEN}{found['inside']}{_BRACE_CLOSE}"


def _argument(name: str, inside: str) -> str:
    match name:
        case "textsuperscript":
            return raised(inside) or inside
        case "textsubscript":
            return lowered(inside) or inside
        case "footnote":
            return f" ({inside.strip()})"
        case _:
            return f"[{inside}]" if name in _CITATIONS else ""


def _bare_group(found: re.Match[str]) -> str:
    inside = found["inside"]
    if inside.startswith("\\"):
        text = _COMMAND.sub(_command, inside)
        return text if text != inside else _glued_letter(inside) or _keep(found)
    left, right = _beside(found)
    is_glued = left.isalpha() or right.isalpha() or left == _MATH_CLOSE or right == _MATH_OPEN
    if _LOST_SWITCH.match(inside) and not is_glued:
        return inside[3:]
    is_letter = len(inside) == 1 and inside.isalpha()
    is_part_of_word = is_glued and " " not in inside
    is_title_case = _CAPITAL.search(inside) is not None
    return (
        inside if _GROUPED_WORDS.fullmatch(inside) and (is_letter or is_part_of_word or is_title_case) else _keep(found)
    )


def _glued_letter(command: str) -> str | None:
    r"""Read ``\ba`` as ``\b a`` if that makes one letter."""
    if len(command) != 3 or command[1] not in _MARKS:
        return None
    accented = _ACCENT.sub(_accent, f"\\{command[1]} {command[2]}")
    return accented if len(accented) == 1 else None


def _command(found: re.Match[str]) -> str:
    name, end = found["name"], found["end"] or ""
    if name in _LETTERS:
        return _LETTERS[name]
    if name in _SYMBOLS:
        symbol = _SYMBOLS[name]
        stop = found.string[found.end() : found.end() + 1]
        return symbol[:-1] if symbol[-1:] == "." and stop == "." and not end else symbol + end.strip("{}")
    return "" if name in _SWITCHES else found[0]


def untex_name(name: str) -> str:
    r"""Write the TeX of a name as letters; a backslash that makes no sense goes, its letters stay."""
    line = untex(re.sub(r"\\(?=[^\x00-\x7f])", "", name))
    line = re.sub(r"\\([uvHcdbkr])([A-Za-z])", lambda glued: _glued_letter(glued[0]) or glued[0], line)
    line = re.sub(r"(?<=[^\W\d_])`(?=[aeiou])([aeiou])", lambda grave: _grave(grave[1]), line)
    return line.replace("\\", "").replace("{", "").replace("}", "").replace("''", '"').replace("~", " ")


def _grave(vowel: str) -> str:
    return unicodedata.normalize("NFC", vowel + _MARKS["`"])
