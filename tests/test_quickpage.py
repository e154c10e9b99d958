"""Pages of our own templates are the HTML that Python-Markdown makes of them, found in a quicker way."""

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.site.pages import Pages
from generator.site.rendering.markdown import MarkdownWriter, environment, front_matter_text
from generator.site.rendering.quickpage import _blocks, _front, _whole, converted
from generator.site.rendering.theme import theme_folders
from tests.conftest import Sample

WORDS = st.text(st.sampled_from("ab Z09é-.,()/'\"?;%$=+~^@:|\\`*_[]<>&{}!#\t\x02\u2028"), max_size=12)
BLOCKS = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###", "#######", " ##"]), WORDS),
    st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["p", "div", "b", "section", "script"]), WORDS),
    st.builds("<ul>\n<li>{}</li>\n</ul>{}".format, WORDS, WORDS),
    WORDS,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(BLOCKS, max_size=5), st.sampled_from(["\n\n", "\n \n", "\n", "\n\n\n"]))
@example(["## Papers", "<p>a</p>", "## Papers", "# Top", "### Deep"], "\n\n")
@example(["## Ünïcode", "<p>a </p> "], "\n\n")
def test_quick_way_gives_what_markdown_gives_or_nothing(blocks: list[str], between: str) -> None:
    text = between.join(blocks)
    assert _blocks(text) in (None, _whole(text))


def test_every_page_of_the_sample_is_what_markdown_makes_of_it(sample: Sample) -> None:
    pages = Pages(sample.catalog)
    writer = MarkdownWriter(pages, environment(theme_folders(sample.root)))
    quick = 0
    for page in pages:
        text = writer.text(page).split("---\n", 2)[2]
        assert converted(text) == _whole(text), page.address
        quick += _blocks(text) is not None
    assert quick > 20  # most of them: else it would be no gain


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["title", "description", "kind", "cite", "layout"]), st.text()), st.booleans())
def test_front_matter_is_what_yaml_reads(texts: dict[str, str], hidden: bool) -> None:
    lines = [f'{name}: "{front_matter_text(text)}"\n' for name, text in texts.items()]
    front = "".join([*lines, "hide: [navigation, toc]\n" if hidden else "feeds: []\n"])
    assert _front(front) == yaml.safe_load(front)
