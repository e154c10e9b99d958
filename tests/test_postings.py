"""Which papers have a word is the same, whether it is kept or found again. Everything here is invented."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from generator.catalog.similar.postings import Index, Postings

PAPERS = st.dictionaries(st.integers(0, 12), st.dictionaries(st.integers(0, 2**32 - 1), st.integers(0, 999)))
WORDS = st.integers(0, 6)
FEW_WORDS = st.dictionaries(st.integers(0, 12), st.dictionaries(WORDS, st.integers(0, 999)))


def index_of(papers: Mapping[int, Mapping[int, int]]) -> Index:
    """Return an index of papers, by number, with the weights of their words."""
    index = Index(Postings())
    for paper, weights in papers.items():
        index.add(paper, weights, weights)
    return index


def check(index: Index, papers: Mapping[int, Mapping[int, int]]) -> None:
    """Look for every word."""
    for word in {word for weights in papers.values() for word in weights} | set(range(7)):
        having = [paper for paper in sorted(papers) if word in papers[paper]]
        assert index.papers(word) == (having, [papers[paper][word] for paper in having])
        heavy = [paper for paper in having if papers[paper][word]]
        assert index.compared[word] == (heavy, [papers[paper][word] for paper in heavy])
        for paper in (0, 5, 13):
            assert index.before(word, paper) == sum(one < paper for one in having)
            assert index.between(word, 3, paper) == [one for one in having if 3 <= one < paper]


@given(st.one_of(PAPERS, FEW_WORDS))
def test_index_finds_the_papers_of_every_word(papers: dict[int, dict[int, int]]) -> None:
    index = index_of(papers)
    check(index, papers)
    check(Index(index.kept()), papers)
    assert index_of(dict(sorted(papers.items()))).kept() == index.kept()


@given(FEW_WORDS, FEW_WORDS, st.sets(st.integers(0, 12)), st.integers(0, 3))
def test_what_changed_is_laid_over_what_was_kept(
    before: dict[int, dict[int, int]], after: dict[int, dict[int, int]], gone: set[int], moved: int
) -> None:
    index = Index(index_of(before).kept())
    for paper, its in before.items():
        if paper in gone or paper in after:
            index.remove(paper, its)
    stay = {paper: its for paper, its in before.items() if paper not in gone and paper not in after}
    if moved:
        index.renumber([paper * moved for paper in range(13)])
        stay = {paper * moved: its for paper, its in stay.items()}
    new = {paper * (moved or 1): its for paper, its in after.items()}
    for paper, its in new.items():
        index.add(paper, its, its)
    check(index, {**stay, **new})
    assert index.kept() == index_of({**stay, **new}).kept()
