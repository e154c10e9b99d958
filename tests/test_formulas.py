"""Formulas of titles and abstracts become MathML or show their TeX, whatever strangers wrote; nothing else appears."""

import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from generator import formulas
from generator.formulas import formulas_html, formulas_text
from generator.site.build import build
from generator.tex import split_math
from generator.text import clean_abstract, clean_line, clean_title
from tests.built_site import BuiltSite
from tests.digest_folder import record, write_digest
from tests.hostile import PAYLOADS, inventory, live, shapes_by_kind

RECORDED = Path(os.environ.get("DIGEST_RECORDED") or Path(__file__).parents[1] / "../shared/data") / "corpus"
MATHML = {
    "math", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "mspace", "msqrt", "mstyle",
    "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
}  # fmt: skip
HARMLESS = {
    "accent", "accentunder", "class", "display", "form", "linethickness", "lspace", "mathvariant",
    "maxsize", "minsize", "movablelimits", "rspace", "stretchy", "symmetric", "width",
}  # fmt: skip
FRAMES = [
    "$@$", "$$@$$", r"\(@\)", r"\[@\]", r"$\text{@}$", r"$\mathrm{@}$", r"$\texttt{@}$", r"$\href{@}{x}$",
    r"$\href{x}{@}$", r"$\color{@}{x}$", r"$\operatorname{@}$", r"$\begin{@}x\end{@}$", r"$\@$", r"$\style{@}{x}$",
    r"$\class{@}{x}$", r"$\cssId{@}{x}$", r"$\unicode{x3c}script@$", r"$\begin{array}{@}x\end{array}$",
    r"$\rule{@}{1em}$", r"$x_{@}^{@}$", r"$\hspace{@}x$", r"\begin{equation}@\label{@}\end{equation}", r"$\tag{@}$",
]  # fmt: skip


def assert_inert(written: str) -> None:
    """Hold what is written to elements of MathML, attributes that only say how it looks, and text on one line."""
    assert not set("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029{}`") & set(written)
    for tag in BeautifulSoup(written, "html.parser").find_all(True):
        if tag.name == "code":
            assert tag.attrs == {"class": ["tex"]}
            continue
        assert tag.name in MATHML, tag
        assert set(tag.attrs) <= HARMLESS - {"class"}, tag
        assert all(re.fullmatch(r"[a-z]+|[+-]?[0-9.]+(em)?", str(value)) for value in tag.attrs.values()), tag


@pytest.mark.parametrize(
    ("tex", "html", "text"),
    [
        ("$x$", "<math><mi>x</mi></math>", "x"),
        ("$a<b$", "<math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>", "a < b"),
        (r"\(\alpha\)", "<math><mi>α</mi></math>", "α"),
        ("$K_8$", "<math><msub><mi>K</mi><mn>8</mn></msub></math>", "K₈"),
        ("$$x$$", '<math display="block"><mi>x</mi></math>', "x"),
        (r"$$\sum_{i=1}^n$$", None, "∑_(i = 1)ⁿ"),
        (r"\[x\]", '<math display="block"><mi>x</mi></math>', "x"),
        (r"$\sqrt{n}$", "<math><msqrt><mi>n</mi></msqrt></math>", "√n"),
        (r"$\mathbb{R}^3$", "<math><msup><mi>ℝ</mi><mn>3</mn></msup></math>", "ℝ³"),
        (r"$\frac{a+b}{2}$", None, "(a+b)/2"),
        (r"$O(n \log n)$", None, "O(n log n)"),
        (r"$e^{i\pi}$", None, "e^(iπ)"),
        (r"$\hat{x}_{t-1}$", None, "x̂_(t-1)"),
        (r"$90^\circ$", None, "90°"),
        (r"$68.5%$", None, "68.5%"),
        (r"$\widetilde{O}(\sqrt T)$", None, "Õ(√T)"),
        (r"$f'$", None, "f′"),
        (r"$\mathcal{X}\to\R$", None, "X → ℝ"),
        (r"$\sum_{i=1}^n x_i$", None, "∑_(i = 1)ⁿx_i"),
        (r"$\begin{matrix}1&0\\0&1\end{matrix}$", None, "1, 0; 0, 1"),
        (r"$\unicode{x2013}$", None, "–"),
        (r"$\href{https://example.org/}{here}$", "<math><mtext>here</mtext></math>", "here"),
        (r"$\sqrt[3]{x}$", None, "∛x"),
        (r"$\nobodyknowsthis<1$", '<code class="tex">\\nobodyknowsthis&lt;1</code>', r"\nobodyknowsthis<1"),
        ("$}$", '<code class="tex">&#125;</code>', "}"),
    ],
)
def test_formula_is_mathml_on_a_page_and_readable_on_a_line(tex: str, html: str | None, text: str) -> None:
    written = formulas_html(f"On {tex}, again")
    assert written is not None
    assert_inert(written)
    if html is None:
        assert "<math" in written
    else:
        assert written == f"On {html}, again"
    assert formulas_text(f"On {tex}, again") == f"On {text}, again"


def test_text_without_formula_stays_as_it_is() -> None:
    for text in ("Plain", "Costs $5 or $6 in all", r"A \foo and a $", "<b>&</b>"):
        assert formulas_html(text) is None
        assert formulas_text(text) == text


def test_heading_has_no_formula_on_a_line_of_its_own() -> None:
    assert "display" not in (formulas_html("$$x$$", inline=True) or "display")


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 700 + "x" + "}" * 700,
        "x^{" * 400 + "x" + "}" * 400,
        r"\sqrt" * 250 + "x",
        r"\left(" * 100 + "x" + r"\right)" * 100,
        "x" * 100_000,
        r"\newcommand{\a}{\a\a}\a",
        r"\def\a{\a\a}\a",
        "x" + "'" * 1_400,
    ],
)
def test_formula_that_would_never_end_or_be_too_deep_shows_its_tex(tex: str) -> None:
    """Some of them end the process of the renderer when they reach it."""
    written = formulas_html(f"${tex}$")
    assert written is not None
    assert written.startswith('<code class="tex">') or len(written) < 40 * len(tex)
    assert_inert(written)


def test_macro_of_one_formula_means_nothing_in_the_next() -> None:
    formulas_html(r"$\newcommand{\mine}{x}\mine$")
    assert formulas_html(r"$\mine$") == '<code class="tex">\\mine</code>'


@pytest.mark.parametrize("frame", FRAMES)
def test_payload_inside_a_formula_is_inert(frame: str) -> None:
    for payload in PAYLOADS:
        text = clean_title(frame.replace("@", payload))
        written = formulas_html(text)
        if written is not None:
            assert_inert(written)
        formulas_text(text)


TEX = st.lists(
    st.sampled_from(
        [*"ab1{}^_&#~%'\"<>$ \\", *r"\frac \sqrt \text \left( \right) \begin{matrix} \end{matrix} \\ \hat".split()]
    )
    | st.text(max_size=3)
).map("".join)


@given(TEX)
def test_any_formula_is_mathml_or_shows_its_tex(tex: str) -> None:
    for text in (f"${tex}$", rf"\[{tex}\]", tex):
        line = clean_line(text)
        written = formulas_html(line)
        if written is not None:
            assert_inert(written)
        assert "\n" not in formulas_text(line)


def _formulas() -> Iterator[str]:
    for path in sorted(RECORDED.glob("*papers*.jsonl.gz")) + sorted(RECORDED.glob("arxiv*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                for text in (clean_title(item["title"]), clean_abstract(item.get("abstract") or "")):
                    yield from (piece for piece, is_math in split_math(text) if is_math)


def test_every_recorded_formula_is_mathml_or_shows_its_tex() -> None:
    if not RECORDED.is_dir():
        pytest.skip(f"no recorded corpora at {RECORDED}; name the folder above: DIGEST_RECORDED")
    found = Counter(_formulas())
    shown: Counter[str] = Counter()
    for formula, count in found.items():
        written = formulas_html(formula) or ""
        assert_inert(written)
        soup = BeautifulSoup(written, "html.parser")
        if soup.math is None:
            assert soup.text == formulas.inside(formula)[0].replace("\r", " ")
            shown[formula] = count
    assert found.total() > 8_000
    assert shown.total() < 0.03 * found.total()


@pytest.fixture(scope="module")
def hostile_formulas(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """A site with every payload in every frame, as titles and abstracts; the first paper has harmless ones."""
    pairs = [frame.replace("@", payload) for frame in FRAMES for payload in PAYLOADS if len(payload) < 1_000]
    records = [
        record("arxiv:2501.00001", "Harmless $x$", "2025-01-07", abstract=r"On $x$ and $\nobodyknowsthis$"),
        record("arxiv:2501.00000", "Harmless", "2025-01-07"),
        *(
            record(f"arxiv:2501.{number:05}", text, "2025-01-06", abstract=text)
            for number, text in enumerate(pairs[::7], 2)
        ),
    ]
    root = write_digest(tmp_path_factory.mktemp("formulas") / "root", records)
    build(root, root.parent / "site")
    return BuiltSite(root.parent / "site")


def test_hostile_formulas_run_nothing_and_make_nothing_but_mathml(
    hostile_formulas: BuiltSite, page: Page, serve: Callable[..., str]
) -> None:
    root = serve(hostile_formulas.folder)
    papers = [address for address in hostile_formulas.addresses if address.startswith("papers/")]
    addresses = [*papers, "days/2025-01-06/", ""]
    assert {address: bad for address, bad in live(page, root, addresses).items() if bad} == {}
    found = inventory(page, root, addresses)
    known = shapes_by_kind({"papers/2501.00001/": found["papers/2501.00001/"]})["k-paper"]
    for address in papers:
        strange = {shape.partition(" > ")[2] for shape in set(found[address]["elements"]) - known}
        assert {shape.partition(".")[0] for shape in strange - {"code.tex[class]"}} <= MATHML, address


def test_formulas_stand_where_they_are_read(hostile_formulas: BuiltSite) -> None:
    paper, day = hostile_formulas.soup("papers/2501.00001/"), hostile_formulas.soup("days/2025-01-07/")
    assert paper.select_one("h1 math mi")
    assert paper.select_one(".abstract code.tex")
    assert paper.title is not None
    assert paper.title.text.startswith("Harmless x ·")
    card = next(card for card in day.select(".card") if card.select('a[href$="papers/2501.00001/"]'))
    assert card.select_one("h3 a").decode_contents() == "Harmless x"  # type: ignore[union-attr]
    assert card.select_one("details math")
    feed = (hostile_formulas.folder / "feed.xml").read_text("utf-8")
    assert "<title>Harmless x</title>" in feed
    assert "On x and \\nobodyknowsthis" in feed
