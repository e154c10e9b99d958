"""In which order papers stand that no curator has ordered."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from generator.catalog.ranking import newest_first, rank
from generator.model import Listing, Measurement, Paper

DAY = date(2025, 12, 11)


def paper(paper_id: str, title: str = "A", upvotes: int | None = None, sources: str = "a", **more: Any) -> Paper:
    return Paper(
        id=paper_id,
        address=paper_id,
        title=title,
        day=more.pop("day", DAY),
        listed=tuple(Listing(date=DAY, source=source) for source in sources),
        measured=None if upvotes is None else Measurement(id=paper_id, as_of=DAY, upvotes=upvotes),
        **more,
    )


def order(*papers: Paper) -> str:
    return "".join(one.id for one in rank(reversed(papers)))


def test_more_upvotes_come_first() -> None:
    assert order(paper("a", upvotes=10), paper("b", upvotes=2), paper("c", upvotes=0)) == "abc"


def test_an_unmeasured_paper_stands_with_those_without_upvotes() -> None:
    assert order(paper("a", "A"), paper("b", "B", upvotes=0), paper("c", "C")) == "abc"


def test_of_equal_upvotes_a_paper_with_code_comes_first() -> None:
    assert order(paper("a", "Z", links={"code": "https://example.org/"}), paper("b", "A", sources="xy")) == "ab"


def test_then_what_more_sources_listed() -> None:
    assert order(paper("a", "Z", sources="xy"), paper("b", "A", sources="xx")) == "ab"


def test_then_the_title_whatever_its_case_then_the_id() -> None:
    assert order(paper("a", "alpha"), paper("b", "Beta"), paper("c", "beta")) == "abc"


def test_newest_first_then_by_title_then_by_id() -> None:
    papers = [
        paper("a", "B", day=date(2025, 12, 12)),
        paper("d", "a"),
        paper("b", "B"),
        paper("c", "b"),
        paper("e", "A", day=date.min),
    ]
    papers.reverse()
    assert "".join(one.id for one in sorted(papers, key=newest_first)) == "adbce"


papers = st.lists(
    st.builds(
        paper,
        st.text("abc", min_size=1, max_size=3),
        st.text("aAbB", max_size=2),
        st.none() | st.integers(0, 2),
        st.text("xy", max_size=2),
    ),
    unique_by=lambda one: one.id,
)


@given(papers, st.randoms())
def test_the_order_never_depends_on_how_the_papers_came_in(made: list[Paper], random: Any) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)
    assert rank(shuffled) == rank(made)
    assert sorted(shuffled, key=newest_first) == sorted(made, key=newest_first)
