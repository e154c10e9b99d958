"""An index of the search is the same to the byte in whatever steps it came about. Everything here is invented."""

import gzip
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as but_for

from generator.catalog.catalog import Catalog, assemble
from generator.catalog.content import load
from generator.errors import BuildError
from generator.model import Mention, Paper
from generator.site import search
from generator.site.generations import Generation
from generator.site.generations.following import NextGeneration, Wanted
from generator.site.generations.manifest import FileHashes
from generator.site.pages import Pages
from generator.site.search import bundle, making, words
from generator.site.search.files import by_index, is_whole
from generator.site.search.words import Change, Piece, changed_pieces, words_of
from tests.digest_folder import sample_records, write_digest

ENOUGH = 25


@dataclass
class Site:
    """A site of search indexes alone."""

    folder: Path
    read: list[int]
    """How many documents Pagefind was given, run by run."""

    def bring_up_to_date(self, catalog: Catalog) -> None:
        """Build it."""
        old = Generation.at(self.folder)
        stage = self.folder.with_name("stage") / "site"
        shutil.rmtree(stage.parent, ignore_errors=True)
        stage.mkdir(parents=True)
        olds = by_index(old.below("pagefind/"))
        wanted: FileHashes = {}
        self.read.clear()
        for index in search.Search(Pages(catalog).prints, b"").indexes:
            if is_whole(index, olds.get(index.folder, {}), old.missing):
                wanted |= olds[index.folder]
            else:
                memory = self.folder.with_name("memory")
                wanted |= making.make(index, catalog, self.folder, olds, memory, stage)
        new = {path for path, made_from in wanted.items() if old.files.get(path) != made_from}
        NextGeneration(self.folder, stage, old).publish(Wanted(b"", wanted, new))

    @property
    def files(self) -> dict[str, bytes]:
        """All that is published."""
        paths = (path for path in (self.folder / "pagefind").rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Eighty papers of a year."""
    root = tmp_path_factory.mktemp("digest")
    return assemble(load(write_digest(root / "root", sample_records(80, a_day=2))))


@pytest.fixture
def new_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Site]:
    """Make sites with indexes of few papers and small pieces."""
    monkeypatch.setattr(search, "ENOUGH", ENOUGH)
    monkeypatch.setattr(words, "PIECE", 400)
    runs: list[int] = []
    read = making._read

    def counted(documents: list[str], scratch: Path) -> Path:
        runs.append(len(documents))
        return read(documents, scratch)

    monkeypatch.setattr(making, "_read", counted)
    places = iter(range(1000))
    return lambda: Site(tmp_path / str(next(places)) / "site", runs)


def with_papers(catalog: Catalog, *changed: Paper, gone: tuple[str, ...] = ()) -> Catalog:
    """Return a catalog with some papers changed, added, or gone."""
    papers = {**catalog.papers, **{paper.id: paper for paper in changed}}
    return replace(catalog, papers={name: paper for name, paper in sorted(papers.items()) if name not in gone})


WORDS = [
    "Yağız",
    "yagiz",
    "naïve",
    "naive",
    "Mol-LLaMA",
    "caches",
    "kernels",
    "한국어",
    "x" * 30,
    "ƒcabc",
    "12",
    "qqevery",
]


def changed(random: Random, paper: Paper, number: int) -> Paper:
    """Change something of a paper."""
    word = random.choice(WORDS)
    return random.choice(
        [
            but_for(paper, title=f"{word} and {paper.title}"),
            but_for(paper, title=f"Set right {number}"),
            but_for(paper, abstract=f"{paper.abstract} {word} {word} {number * 97}"),
            but_for(paper, abstract=""),
            but_for(paper, authors=(*paper.authors, Mention(name=f"Ada {word}", person=f"ada-{number % 3}"))),
            but_for(paper, withdrawn=not paper.withdrawn),  # on its card alone
            but_for(paper, day=paper.day + timedelta(days=random.randint(-40, 40))),
            but_for(paper, categories=("cs.DC", f"cs.{word[:1].upper()}")),
        ]
    )


@pytest.mark.parametrize("seed", range(5))
def test_an_index_is_the_same_in_whatever_steps_it_came_about(
    catalog: Catalog, new_site: Callable[[], Site], seed: int
) -> None:
    random = Random(seed)
    papers = sorted(catalog.papers.values(), key=lambda paper: paper.day)
    now = with_papers(catalog, gone=tuple(paper.id for paper in papers[random.randint(30, 70) :]))
    site = new_site()
    for step in range(7):
        site.bring_up_to_date(now)
        clean = new_site()
        clean.bring_up_to_date(now)
        assert site.files == clean.files
        there = random.sample(sorted(now.papers), 3)
        out = [paper for paper in papers if paper.id not in now.papers][: random.choice([0, 1, 4, 20])]
        gone = tuple(random.sample(sorted(now.papers), random.choice([0, 0, 1, 9])))
        edits = [changed(random, now.papers[name], step) for name in there[: random.choice([0, 1, 3])]]
        now = with_papers(now, *out, *edits, gone=gone)


def test_a_corrected_title_has_two_documents_read_and_a_new_day_its_own(
    catalog: Catalog, new_site: Callable[[], Site]
) -> None:
    site = new_site()
    papers = sorted(catalog.papers.values(), key=lambda paper: (paper.day, paper.id))
    last = tuple(paper.id for paper in papers[-2:])
    site.bring_up_to_date(with_papers(catalog, gone=last))
    site.bring_up_to_date(catalog)
    assert site.read == [2]
    before = set(site.files)
    _, _, rest = papers[-3].title.partition(" ")  # with as many words as before: the others stay in their places
    site.bring_up_to_date(with_papers(catalog, but_for(papers[-3], title=f"Righting {rest}")))
    assert site.read == [2]
    lost = [path for path in before - set(site.files) if path.endswith(".pf_index")]
    assert 0 < len(lost) < 20 < len([path for path in before if path.endswith(".pf_index")])


def test_a_new_card_has_nothing_read_but_what_writes_the_engine(catalog: Catalog, new_site: Callable[[], Site]) -> None:
    site, clean = new_site(), new_site()
    site.bring_up_to_date(catalog)
    now = with_papers(catalog, *(but_for(paper, withdrawn=True) for paper in catalog.papers.values()))
    site.bring_up_to_date(now)
    assert set(site.read) == {1}
    clean.bring_up_to_date(now)
    assert site.files == clean.files


def test_the_newest_index_is_read_again_by_none_when_another_month_begins(
    catalog: Catalog, new_site: Callable[[], Site]
) -> None:
    site, clean = new_site(), new_site()
    groups = search.periods(catalog.papers.values())
    *_, older, newest = groups
    site.bring_up_to_date(with_papers(catalog, gone=tuple(paper.id for paper in groups[newest])))
    site.bring_up_to_date(catalog)
    assert sorted(site.read) == [1, len(groups[newest])]
    clean.bring_up_to_date(catalog)
    assert site.files == clean.files
    assert f"pagefind/{older}/keys.json" in site.files


def _damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _foreign(path: Path) -> None:
    """A whole file of the same length that was never written here."""
    size = path.stat().st_size
    data = gzip.compress(b"pagefind_dcd\x81\x80", mtime=0)
    path.write_bytes(data + bytes(size - len(data)))


@pytest.mark.parametrize("kind", ["*.pf_meta", "index/*.pf_index", "filter/*.pf_filter"])
@pytest.mark.parametrize("harm", [Path.unlink, _damaged, _foreign])
def test_an_old_index_that_is_not_what_was_written_is_made_anew(
    catalog: Catalog, new_site: Callable[[], Site], kind: str, harm: Callable[[Path], None]
) -> None:
    site, clean = new_site(), new_site()
    papers = search.periods(catalog.papers.values()).popitem()[1]
    now = with_papers(catalog, but_for(papers[0], title="Set right", abstract="Quite another.", categories=("cs.OS",)))
    site.bring_up_to_date(catalog)
    clean.bring_up_to_date(now)
    for path in (site.folder / "pagefind").glob(kind):
        if path.relative_to(site.folder).as_posix() not in clean.files:  # it is to be changed
            harm(path)
    site.bring_up_to_date(now)
    assert site.read[-1] == len(papers)
    assert site.files == clean.files


@pytest.mark.parametrize("harm", [Path.unlink, _damaged])
def test_what_is_remembered_of_an_index_may_be_lost(
    catalog: Catalog, new_site: Callable[[], Site], harm: Callable[[Path], None]
) -> None:
    site, clean = new_site(), new_site()
    site.bring_up_to_date(catalog)
    for path in site.folder.with_name("memory").iterdir():
        harm(path)
    papers = search.periods(catalog.papers.values()).popitem()[1]
    now = with_papers(catalog, but_for(papers[0], title="Set right"))
    site.bring_up_to_date(now)
    assert site.read == [len(papers)]
    clean.bring_up_to_date(now)
    assert site.files == clean.files


def test_a_build_that_was_killed_before_the_site_changed_is_built_upon(
    catalog: Catalog, new_site: Callable[[], Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, clean = new_site(), new_site()
    site.bring_up_to_date(catalog)
    paper = search.periods(catalog.papers.values()).popitem()[1][0]
    with monkeypatch.context() as patch:
        patch.setattr(making, "_put", _killed)
        with pytest.raises(KeyboardInterrupt):
            site.bring_up_to_date(with_papers(catalog, but_for(paper, title="Set right")))
    now = with_papers(catalog, but_for(paper, title="Set right again"))
    site.bring_up_to_date(now)
    assert site.read == [2]
    clean.bring_up_to_date(now)
    assert site.files == clean.files


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_names_that_begin_alike_are_told_apart_and_not_built_upon() -> None:
    contents = [str(number).encode() for number in range(40)]
    names = bundle.named("en", contents, digits=1)
    assert len(set(names)) == 40
    assert {len(name) for name in names[:1]} == {4}
    with pytest.raises(BuildError, match="begin alike"):
        bundle.named("en", [names[0], *contents[1:]], digits=1)
    assert bundle.named("en", ["en_0000000", b"another"])[0] == "en_0000000"


WHERE = st.sampled_from(
    [
        b"\x81\x05\x80",
        b"\x83\x18\x83\x39\x01\x83\x00\x82\x20\x03",
        b"\x80\x81\x20",
        b"\x98\x19" + b"\x01" * 25 + b"\x80",
    ]
)
PLACES = st.dictionaries(st.integers(0, 70_000), WHERE, max_size=30)
INDEX = st.dictionaries(
    st.text(min_size=1, max_size=30).map(str.encode),
    st.dictionaries(st.sampled_from([b"", "é".encode(), b"e"]), PLACES.filter(bool), min_size=1),
    max_size=12,
)  # fmt: skip


def _changes(old: dict[bytes, words.Spellings], new: dict[bytes, words.Spellings]) -> dict[bytes, dict[bytes, Change]]:
    return {
        word: {
            spelling: Change(old.get(word, {}).get(spelling, {}), new.get(word, {}).get(spelling, {}))
            for spelling in old.get(word, {}).keys() | new.get(word, {}).keys()
        }
        for word in old.keys() | new.keys()
    }


def _named(pieces: list[Piece]) -> dict[str, Piece]:
    return {str(at): piece._replace(name=str(at)) for at, piece in enumerate(pieces)}


@given(INDEX, INDEX, st.integers(1, 2000))
def test_words_changed_in_pieces_are_those_that_were_cut_anew(
    old: dict[bytes, words.Spellings], new: dict[bytes, words.Spellings], size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "PIECE", size)
        there = _named(list(changed_pieces(_changes({}, old))))
        numbers = range(100_000)
        read = {word: found for piece in there.values() for word, found in words_of(piece.data, numbers)}
        assert {
            word: {spelling: places for spelling, places in found.items() if places} for word, found in read.items()
        } == old
        after = changed_pieces(_changes(old, new), list(there.values()), lambda name: there[name].data)
        made = [there[piece.name].data if piece.name else piece.data for piece in after]
        assert made == [piece.data for piece in changed_pieces(_changes({}, new))]


@pytest.mark.parametrize(
    "piece",
    [
        b"",
        b"\x81",
        b"\x81\x81",
        b"\x81\x81\x83\x61a\x81\x82\x00\x80\x80",  # as Pagefind 1.4 wrote it
        b"\x81\x81\x83\x61a\x80\x80\x00",
        b"\x81\x82\x83\x61a\x80\x80",
        b"\x81\x81\x83\x61a\x82\x83\x00\x80\x80\x80",
        b"\x81\x81\x83\x41a\x80\x80",
    ],
)
def test_a_piece_of_an_unknown_form_is_refused(piece: bytes) -> None:
    with pytest.raises(BuildError, match="unknown form"):
        dict(words_of(piece, range(9)))
