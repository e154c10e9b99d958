"""What strangers and curators wrote stands in pages as text, and their links lead only to the web."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import markup, text

ANY_TEXT = st.text(st.characters(codec=None, categories=None))


def _pieces(characters: str, *words: str) -> st.SearchStrategy[str]:
    """Texts of up to 30 pieces, each a character or a word."""
    return st.lists(st.sampled_from([*characters, *words]), max_size=30).map("".join)


@given(ANY_TEXT)
def test_escaped_html_is_inert_and_reads_the_same(line: str) -> None:
    escaped = markup.escape_html(line)
    assert not set("<>\"'{}`\n") & set(escaped)
    plain = text.clean_line(line.replace("&", " "))
    assert html.unescape(markup.escape_html(plain)) == plain
    assert markup.escape_html(line + "\0") == escaped  # also where something has to go
    escaped.encode()


@given(ANY_TEXT)
def test_escaped_markdown_is_letters_and_references_only(line: str) -> None:
    escaped = markup.escape_markdown(line)
    assert re.fullmatch(r"(?:[a-zA-Z0-9 ]|[^\x00-\x7f]|&#[0-9]+;)*", escaped)
    plain = text.clean_line(line.replace("&", " "))
    assert html.unescape(markup.escape_markdown(plain)) == plain
    escaped.encode()


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://example.org", "https://example.org/"),
        (" HTTPS://Example.ORG/A?b=c#d ", "https://example.org/A?b=c#d"),
        ("https://example.org/a b\"'<>`{}é%20%zz", "https://example.org/a%20b%22%27%3C%3E%60%7B%7D%C3%A9%20%25zz"),
        ("http://example.org:8000/x", "http://example.org:8000/x"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://[::1]/", "http://[::1]/"),
        ("javascript:alert(1)", None),
        (" jav&#x09;ascript:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("data:text/html,x", None),
        ("//evil.example", None),
        ("http:evil", None),
        ("http:///evil", None),
        ("http:\\\\evil", None),
        ("https://good.example\\@evil.example/", None),
        ("https://user:pw@evil.example/", None),
        ("https://example.org:port/", None),
        ("https://exa\nmple.org/", None),
        ("https://[::1/", None),
        ("https://<script>/", None),
        ("ftp://example.org/", None),
        ("", None),
    ],
)
def test_safe_url(address: str, safe: str | None) -> None:
    assert markup.safe_url(address) == safe


@given(st.one_of(ANY_TEXT, ANY_TEXT.map("https://example.org/".__add__), ANY_TEXT.map("https://".__add__)))
def test_safe_url_is_total_and_stable(address: str) -> None:
    safe = markup.safe_url(address)
    assert safe is None or (re.fullmatch(r"https?://[^\s\"'<>`{}\\]+", safe) and markup.safe_url(safe) == safe)


@pytest.mark.parametrize(
    ("note", "rendered"),
    [
        ("A *new* **idea**.", "<p>A <em>new</em> <strong>idea</strong>.</p>"),
        ("[x](https://example.org/?a=b&c)", '<p><a href="https://example.org/?a=b&amp;c">x</a></p>'),
        ("[x](mailto:a@example.org)", '<p><a href="mailto:a@example.org">x</a></p>'),
        ("two\nlines\n\nnext", "<p>two lines</p><p>next</p>"),
        ('[x](https://a.b/ "title")', '<p><a href="https://a.b/">x</a></p>'),
        (
            "> q\n\n```\na\n\nb\n```\nend",
            "<blockquote><p>q</p></blockquote><pre><code>a&#10;&#10;b&#10;</code></pre><p>end</p>",
        ),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("    a\n    {b}", "<pre><code>a&#10;&#123;b&#125;&#10;</code></pre>"),
        ("`{{ x }}`", "<p><code>&#123;&#123; x &#125;&#125;</code></p>"),
        ("# no heading", "<p># no heading</p>"),
        ("![x](https://example.org/x.png)", '<p>!<a href="https://example.org/x.png">x</a></p>'),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
    ],
)
def test_note_is_rendered_on_one_line(note: str, rendered: str) -> None:
    assert markup.render_note(note) == rendered


@given(st.from_regex(markup._WORDS))
def test_note_of_words_alone_is_what_the_parser_makes_of_it(note: str) -> None:
    assert markup.render_note(note) == markup._rendered_note(note)


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


NOTE_LIKE = _pieces("[]()<>!*_`#-\n 1.&;:{}\"'x\\", "javascript:", "https://a.example", "<img src=x onerror=y>")


@given(st.one_of(NOTE_LIKE, ANY_TEXT))
def test_note_is_harmless(note: str) -> None:
    rendered = markup.render_note(note)
    assert not set("\n\r{}`") & set(rendered)
    elements = _Elements()
    elements.feed(rendered)
    for tag, attributes in elements.found:
        assert tag in {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
        for name, value in attributes:
            assert name in {"href", "start"}
            assert name != "href" or re.match(r"https?://|mailto:", value or "", re.IGNORECASE)
    assert "\n" not in markup.plain_note(note)


def test_links_to_other_schemes_stay_text() -> None:
    for address in (
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "jav&#x09;ascript:x",
        "//evil.example",
    ):
        assert "<a" not in markup.render_note(f"[x]({address}) <{address}>\n\n[y][z]\n\n[z]: {address}")


def test_plain_note_is_text_without_markup() -> None:
    assert (
        markup.plain_note("A *new* [idea](https://example.org/) `<b>` &amp;amp;\n\n- x\n- y")
        == "A new idea <b> &amp; x y"
    )
