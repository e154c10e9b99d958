"""The memory of what was worked out before: it saves work and never changes a word; all papers are invented."""

from datetime import date
from pathlib import Path

import pytest

from generator.catalog.catalog import assemble
from generator.catalog.content import load
from generator.catalog.memory import Memory, Reading, Remembered, hash_of
from generator.catalog.topics import TopicRules
from generator.model import Author, Paper, Record, TopicEntry, TopicRule
from generator.records import FileFacts
from tests.content import put, record, write

RECORD = Record(
    id="arxiv:2512.00001",
    title="On {\\it Bees}",
    authors=(Author(name="Jos\\'e D\\'iaz"),),
    abstract="We count  bees.",
    links={"code": "https://example.org/code", "page": "javascript:alert(1)"},
)
RULES = TopicRules((TopicEntry(id="bees", name="Bees", match=TopicRule(any=("bees",))),))


PATH = "content/records/2025/2025-12-01.jsonl"
FILES = {PATH: FileFacts(PATH, b"hash", (RECORD.id,), {}, {})}


def remembered(path: Path | None, rules: TopicRules = RULES, program: bytes = b"one") -> Memory:
    memory = Memory(path, program)
    memory.begin(rules, files=FILES)
    return memory


def read(memory: Memory) -> Reading:
    return memory.reading(RECORD.id, RECORD, hash_of(RECORD))


def learn(path: Path) -> None:
    memory = remembered(path)
    reading = read(memory)
    paper = Paper(
        id=RECORD.id,
        address="2512.00001",
        title=reading.title,
        day=date(2025, 12, 1),
        title_tex=reading.title_tex,
        abstract=reading.abstract,
        links=reading.links,
        topics=reading.topics,
    )
    memory.keep(Remembered(b"record", hash_of(RECORD), None, paper, b"paper"))
    assert memory.sort_keys["José Díaz"] == ("diaz", "jose")
    memory.save()


def test_memory_gives_back_what_it_worked_out(tmp_path: Path) -> None:
    path = tmp_path / "folder/memory"
    learn(path)
    again = remembered(path)
    assert read(again) == read(remembered(None))
    assert again.known_files({PATH: b"hash"}) == FILES
    assert read(again).title == "On Bees"
    assert read(again).topics == ("bees",)
    assert read(again).links == {"code": "https://example.org/code"}
    assert again.name(RECORD.authors[0].name) == ("José Díaz", "jose-diaz")
    assert again.sort_keys["José Díaz"] == ("diaz", "jose")


def test_what_is_remembered_is_not_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "memory"
    learn(path)
    again = remembered(path)
    for name in ("clean_title", "clean_abstract", "sort_key"):
        monkeypatch.setattr(f"generator.catalog.memory.{name}", None)  # whoever works it out again fails
    read(again)
    assert again.sort_keys["José Díaz"]
    with pytest.raises(TypeError):
        again.sort_keys["Ann One"]


@pytest.mark.parametrize("name", ["files", "sort-keys", "2025-12"])
@pytest.mark.parametrize("change", ["cut", "flipped", "empty", "folder"])
def test_damaged_memory_is_not_believed(tmp_path: Path, name: str, change: str) -> None:
    path = tmp_path / "memory"
    learn(path)
    file = path / name
    data = file.read_bytes()
    if change == "folder":
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes({"cut": data[:-5], "flipped": data[:-5] + b"x" + data[-4:], "empty": b""}[change])
    memory = remembered(path)
    assert read(memory) == read(remembered(None))
    assert memory.sort_keys["José Díaz"] == ("diaz", "jose")
    memory.save()


def test_file_where_the_memory_should_be_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "memory"
    path.write_text("an older program's")
    learn(path)
    monkeypatch.setattr("generator.catalog.memory.clean_title", None)
    assert read(remembered(path)).title == "On Bees"


def test_other_rules_and_other_code_remember_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "memory"
    learn(path)
    rules = TopicRules((TopicEntry(id="wasps", name="Wasps", match=TopicRule(any=("bees",))),))
    assert read(remembered(path, rules)).topics == ("wasps",)
    monkeypatch.setattr("generator.catalog.memory.clean_title", None)
    with pytest.raises(TypeError):
        read(remembered(path, program=b"two"))


def test_what_a_run_did_not_use_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "memory"
    learn(path)
    remembered(path).save()
    monkeypatch.setattr("generator.catalog.memory.clean_title", None)
    with pytest.raises(TypeError):
        read(remembered(path))


def test_catalog_is_the_same_with_a_memory_and_without(tmp_path: Path) -> None:
    records = [record(f"arxiv:2512.0000{n}", "Ada Example", title=f"Paper $x_{n}$ on bees") for n in range(1, 4)]
    root = write(tmp_path / "root", *records)
    put(root, {"content/topics.yml": "- {id: bees, name: Bees, match: {any: [bees]}}\n"})
    path = tmp_path / "memory"
    plain = assemble(load(root))
    for _ in range(2):
        catalog = assemble(load(root), Memory(path, b"one"))
        assert catalog == plain
        assert dict(catalog.people) == dict(plain.people)
        catalog.memory.save()


def in_months(path: Path, *days: str) -> Path:
    """Write a digest with a paper on each day."""
    return write(path, *(record(f"arxiv:2512.0000{n}", "Ada Example", day=day) for n, day in enumerate(days, 1)))


def test_month_in_which_nothing_changed_is_not_written_again(tmp_path: Path) -> None:
    root, path = in_months(tmp_path / "root", "2025-10-03", "2025-11-04", "2025-12-05"), tmp_path / "memory"
    assemble(load(root), Memory(path)).memory.save()
    before = {file.name: file.stat().st_ino for file in path.iterdir()}
    assert sorted(before) == ["2025-10", "2025-11", "2025-12", "files"]
    correction = "- {id: 'arxiv:2512.00002', field: title, value: Wasps, why: a slip, by: Ed}\n"
    put(root, {"content/corrections.yml": correction})
    catalog = assemble(load(root), Memory(path))
    assert catalog == assemble(load(root))
    catalog.memory.save()
    changed = {file.name for file in path.iterdir() if file.stat().st_ino != before[file.name]}
    assert changed == {"2025-11"}


def test_month_whose_papers_are_gone_is_forgotten(tmp_path: Path) -> None:
    root, path = in_months(tmp_path / "root", "2025-11-04", "2025-12-05"), tmp_path / "memory"
    assemble(load(root), Memory(path)).memory.save()
    (root / "content/records/2025/2025-11-04.jsonl").unlink()
    assemble(load(root), Memory(path)).memory.save()
    assert sorted(file.name for file in path.iterdir()) == ["2025-12", "files"]


def test_months_of_two_runs_are_told_apart(tmp_path: Path) -> None:
    """A build that was killed while it wrote leaves months by what papers were made by then, beside others."""
    root, path = in_months(tmp_path / "root", "2025-11-04", "2025-12-05"), tmp_path / "memory"
    assemble(load(root), Memory(path)).memory.save()
    november = (path / "2025-11").read_bytes()
    put(root, {"content/authors.yml": "- {id: ada-the-first, name: Ada Example}\n"})
    assemble(load(root), Memory(path)).memory.save()
    (path / "2025-11").write_bytes(november)
    catalog = assemble(load(root), Memory(path))
    assert catalog == assemble(load(root))
    assert [paper.authors[0].person for paper in catalog.papers.values()] == ["ada-the-first"] * 2


def test_build_goes_on_where_nothing_can_be_remembered(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = remembered(tmp_path / "file/memory")
    read(memory)
    memory.save()
    assert (tmp_path / "file").read_text() == ""


def test_keys_to_sort_by_are_read_only_if_they_are_asked_for_and_none_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    learn(path)
    before = (path / "sort-keys").stat().st_ino
    memory = remembered(path)
    memory.save()  # a run that sorts nobody
    assert (path / "sort-keys").stat().st_ino == before
    memory = remembered(path)
    assert memory.sort_keys["Ann One"] == ("one", "ann")
    memory.save()
    assert dict(remembered(path).sort_keys) == {"José Díaz": ("diaz", "jose"), "Ann One": ("one", "ann")}
