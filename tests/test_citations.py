"""Citations, read back by the programs that take them: BibTeX itself, bibtexparser, rispy, and CSL's own schema."""

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from benchmarks import corpus
from generator.catalog.catalog import Catalog
from generator.ids import parse_id
from generator.model import Mention, Paper
from generator.site.citations import bibtex, csl, ris
from generator.site.citations.citation import citation_key, cited, parts_of
from generator.site.citations.files import BIB, CSL, RIS, citation_files
from generator.site.citations.latex import latex
from generator.site.files import File, one_by_one
from generator.site.generations import Generation
from generator.site.generations.manifest import Manifest
from generator.site.prints.fingerprints import fingerprint
from tests.content import catalog_of
from tests.digest_folder import record, sample_records, write_digest
from tests.hostile import PAYLOADS, payload

# LaTeX's own names for signs, which pylatexenc does not know or takes for accents.
SIGNS = {"braceleft": "{", "braceright": "}", "asciicircum": "^", "asciitilde": "~", "bar": "|", "less": "<"}
SIGNS |= {"greater": ">", "backslash": "\\"}
KNOWN = get_default_latex_context_db()
KNOWN.add_context_category(
    "signs", prepend=True, macros=[MacroTextSpec(f"text{name}", sign) for name, sign in SIGNS.items()]
)
READER = LatexNodes2Text(KNOWN, math_mode="verbatim", keep_braced_groups=False)
CSL_ITEM = {
    # What CSL 1.0.2's csl-data.json says of the fields that we write.
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "id"],
        "additionalProperties": False,
        "properties": {
            "type": {"enum": ["article", "article-journal"]},
            **{
                name: {"type": "string", "minLength": 1}
                for name in ("id", "title", "container-title", "publisher", "number", "DOI", "URL")
            },
            "author": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        name: {"type": "string", "minLength": 1} for name in ("family", "given", "suffix", "literal")
                    },
                },
            },
            "issued": {
                "type": "object",
                "required": ["date-parts"],
                "properties": {
                    "date-parts": {
                        "type": "array",
                        "items": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3},
                    }
                },
            },
        },
    },
}


def _paper(paper_id: str = "arxiv:2503.16525", title: str = "A title", *names: str, **more: Any) -> Paper:
    authors = tuple(Mention(name=name, person="someone") for name in names)
    return Paper(id=paper_id, address="x", title=title, day=more.pop("day", None), authors=authors, **more)


def _read_bib(text: str) -> list[dict[str, str]]:
    """Read BibTeX with bibtexparser; return each entry's fields, braces and LaTeX undone."""
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware(decoder=READER)])
    assert not library.failed_blocks, library.failed_blocks
    return [{"ID": entry.key, **{field.key: field.value for field in entry.fields}} for entry in library.entries]


# Keys


def test_keys_are_made_from_ids_and_hold_what_every_program_allows() -> None:
    ids = [
        "2503.16525",
        "math/0211159",
        "doi:10.1145/3600006.3613165",
        "doi:10.1/a(b)<c>;2-#",
        "https://a.example/X_y?z=1",
    ]
    keys = [citation_key(parse_id(one)) for one in ids if not one.startswith("doi:10.1/")]
    assert keys[:3] == ["arxiv-2503.16525", "arxiv-math-0211159", "doi-10.1145-3600006.3613165"]
    assert all(re.fullmatch(r"[A-Za-z0-9.+_-]+", key) for key in keys)


@given(
    st.from_regex(r"10\.[0-9]{4,6}/[!-~]{1,40}", fullmatch=True), st.from_regex(r"10\.1234/[!-~]{1,3}", fullmatch=True)
)
def test_two_papers_never_share_a_key(one: str, other: str) -> None:
    keys = {f"doi:{doi.lower()}": citation_key(f"doi:{doi.lower()}") for doi in (one, other)}
    assert len(set(keys.values())) == len(keys)
    assert all(re.fullmatch(r"[A-Za-z0-9.+_-]+", key) for key in keys.values())


def test_a_key_stays_when_the_title_changes_and_when_a_preprint_is_found(tmp_path: Path) -> None:
    doi = "10.1145/3600006.3613165"
    first = record(f"doi:{doi}", "As published", "2025-01-06")
    later = record("arxiv:2501.10001", "As it was before", "2025-01-07", doi=doi)
    keys = set()
    for name, papers in {"a": [first], "b": [first, later], "c": [{**first, "title": "Other"}, later]}.items():
        (paper,) = catalog_of(write_digest(tmp_path / name, papers)).papers.values()
        keys.add(cited(paper).key)
    assert keys == {"doi-10.1145-3600006.3613165"}


# Texts


LINE = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), min_size=1, max_size=40).map(
    lambda text: f"x{' '.join(text.split())}x"
)


@settings(max_examples=400, deadline=None)
@given(LINE)
@example("x$\\input{/etc/passwd}$x")
@example("x$a^2$ costs 1$x")
@example("x''quoted'' -- and ``so'' --- ?`x")
@example("x{unbalanced \\} \\x")
@example("x@article{a, title={b}}x")
def test_any_text_is_read_from_bibtex_as_it_was_written(text: str) -> None:
    (found,) = _read_bib(bibtex.entry(cited(_paper("arxiv:2503.16525", text, text, journal_ref=text))))
    assert _same(found["title"], text)
    family, given, suffix = parts_of(text)
    assert _same(found["author"], text) or _same(found["author"], ", ".join(filter(None, (family, suffix, given))))
    assert _same(found["note"], text)
    assert _depth(latex(text)) == 0


def _same(read: str, written: str) -> bool:
    return _spaced(read) == _spaced(written)


def _spaced(text: str) -> str:
    """Take what a reader makes of composed letters and spaces for the same."""
    import unicodedata

    return " ".join(unicodedata.normalize("NFC", text.replace("\u00a0", " ")).split())


def _depth(text: str) -> int:
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    return depth


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Attention at 50% & more_", r"Attention at 50\% \& more\_"),
        ("José Müller, Łukasz Ørsted", r"Jos{\'e} M{\"u}ller, {\L}ukasz {\O}rsted"),
        ("Scaling $O(n^2)$ attention", "Scaling $O(n^2)$ attention"),
        (
            r"Reading $\input{/etc/passwd}$",
            r"Reading \$\textbackslash{}input\textbraceleft{}/etc/passwd\textbraceright{}\$",
        ),
        ("$\\mathbf{x}$ for 1$", "$\\mathbf{x}$ for 1\\$"),
        ("台灣大學", "台灣大學"),
        ("a--b 'c''", "a-{}-b 'c'{}'{}"),
    ],
)
def test_latex_keeps_harmless_math_and_escapes_all_else(text: str, written: str) -> None:
    assert latex(text) == written


@given(st.integers(0, len(PAYLOADS) - 1))
def test_no_command_of_a_stranger_reaches_latex(number: int) -> None:
    text = " ".join(payload(number, "q1z1q").split()) + r" \write18{x} $\def\a{x}$ ^^5cinput \( \input x \)"
    commands = set(re.findall(r"\\([A-Za-z]+)", latex(text)))
    ours = {"ldots"} | {f"text{name}" for name in "backslash braceleft braceright less greater bar".split()}
    ours |= {"textasciitilde", "textasciicircum", "textquoteleft", "textquoteright"}
    assert commands <= ours | set("cvHrdbkuioOlLssaeAEoeOEaaAA")
    assert _depth(latex(text)) == 0


@pytest.mark.parametrize(
    ("name", "written", "parts"),
    [
        ("Ada Invented", "Invented, Ada", {"family": "Invented", "given": "Ada"}),
        ("Emil van der Nowhere", "van der Nowhere, Emil", {"family": "van der Nowhere", "given": "Emil"}),
        ("José Ficción", r"Ficci{\'o}n, Jos{\'e}", {"family": "Ficción", "given": "José"}),
        ("Kim Sample Jr.", "Sample, Jr., Kim", {"family": "Sample", "given": "Kim", "suffix": "Jr."}),
        ("Made-Up Team", "{Made-Up Team}", {"literal": "Made-Up Team"}),
        ("Mononym", "{Mononym}", {"literal": "Mononym"}),
        ("Rock and Roll", "{Rock and Roll}", {"family": "Roll", "given": "Rock and"}),
        ("A, B, C", "{A, B, C}", None),
    ],
)
def test_names_are_taken_apart_as_bibliographies_want_them(
    name: str, written: str, parts: dict[str, str] | None
) -> None:
    citation = cited(_paper("arxiv:2503.16525", "x", name))
    assert f"author = {{{written}}}" in bibtex.entry(citation)
    if parts is not None:
        assert json.loads(csl.entry(citation))["author"] == [parts]


@settings(max_examples=200, deadline=None)
@given(title=LINE, names=st.lists(LINE, max_size=4), journal=st.one_of(st.none(), LINE))
def test_any_text_is_read_from_ris_and_csl_as_it_was_written(title: str, names: list[str], journal: str | None) -> None:
    citation = cited(_paper("arxiv:2503.16525", title, *names, journal_ref=journal, doi=journal))
    parts = list(map(parts_of, names))
    (reference,) = rispy.loads(ris.entry(citation))
    assert reference["title"] == title
    assert reference.get("authors", []) == [", ".join(filter(None, one)) for one in parts]
    assert (reference.get("journal_name"), reference.get("doi")) == (journal, journal)
    (item,) = json.loads(f"[{csl.entry(citation)}]")
    Draft7Validator(CSL_ITEM).validate([item])
    assert (item["title"], item.get("container-title"), item.get("DOI")) == (title, journal, journal)
    named = [
        {"family": family, "given": given, "suffix": suffix} if given else {"literal": name}
        for name, (family, given, suffix) in zip(names, parts, strict=True)
    ]
    assert item.get("author", []) == [{key: value for key, value in one.items() if value} for one in named]


# Files


def _files(catalog: Catalog) -> dict[str, bytes]:
    threshold = catalog.config.feeds.author_papers
    prints = {paper.id: fingerprint(paper) for paper in catalog.papers.values()}
    fed = [person for person in catalog.people if len(catalog.people.papers_of(person)) >= threshold]
    made = citation_files(catalog, fed, prints, Generation())
    return {file.path: file.make() for file in one_by_one(made)}


def test_every_paper_and_every_list_has_its_citations(tmp_path: Path) -> None:
    topics = [{"id": "systems", "name": "Systems", "match": {"any": ["caches"]}}]
    root = write_digest(tmp_path, sample_records(30), topics=topics, config={"feeds": {"author_papers": 5}})
    catalog = catalog_of(root)
    files = _files(catalog)

    def ids(path: str) -> list[str]:
        data = files[path]
        if path.endswith(".gz"):
            data = gzip.decompress(data)
        if BIB in path:
            return [entry["ID"] for entry in _read_bib(data.decode())]
        return [one["id"] for one in (rispy.loads(data.decode()) if RIS in path else json.loads(data))]

    key = {paper.id: cited(paper).key for paper in catalog.papers.values()}
    for paper in catalog.papers.values():
        for suffix in (BIB, RIS, CSL):
            assert ids(f"papers/{paper.address}/paper{suffix}") == [key[paper.id]]
    for path in ("papers.bib", "papers.ris.gz", "papers.csl.json.gz"):
        assert ids(path) == list(key.values())
    shown = {f"days/{day}/papers": one.papers for day, one in catalog.days.items()}
    shown |= {f"topics/{topic.id}/papers": topic.papers for topic in catalog.topics.values()}
    authors = {f"authors/{one.id}/papers": one.papers for one in catalog.people.values() if len(one.papers) >= 5}
    of_authors = {f"{path}{suffix}" for path in authors for suffix in (BIB, ".ris.gz", ".csl.json.gz")}
    assert {path for path in files if path.startswith("authors/")} == of_authors != set()
    for path, papers in {**shown, **authors}.items():
        for suffix in (BIB, ".ris.gz", ".csl.json.gz"):
            assert ids(f"{path}{suffix}") == [key[paper] for paper in papers]


def test_files_say_what_the_catalog_says(tmp_path: Path) -> None:
    paper = record(
        "arxiv:2501.10001",
        "What $x^2$ & 100% cost",
        "2025-01-06",
        authors=[{"name": "Ada Invented"}, {"name": "José Ficción"}],
        published="2025-01-05",
        doi="10.1145/3600006.3613165",
        journal_ref="Journal of Invention 3 (2025) 1-9",
        primary_category="cs.DC",
        categories=["cs.DC"],
    )
    files = _files(catalog_of(write_digest(tmp_path, [paper])))
    (entry,) = _read_bib(files["papers.bib"].decode())
    assert entry == {
        "ID": "arxiv-2501.10001",
        "title": "What $x^2$ & 100% cost",
        "author": "Invented, Ada and Ficción, José",
        "journal": "Journal of Invention 3 (2025) 1-9",
        "year": "2025",
        "eprint": "2501.10001",
        "archivePrefix": "arXiv",
        "primaryClass": "cs.DC",
        "doi": "10.1145/3600006.3613165",
        "url": "https://arxiv.org/abs/2501.10001",
        "month": "jan",
    }
    (reference,) = rispy.loads(files["papers/2501.10001/paper.ris"].decode())
    assert reference["authors"] == ["Invented, Ada", "Ficción, José"]
    assert (reference["type_of_reference"], reference["date"], reference["doi"]) == (
        "JOUR",
        "2025/01/05",
        "10.1145/3600006.3613165",
    )
    (item,) = json.loads(files["papers/2501.10001/paper.csl.json"])
    assert item["issued"] == {"date-parts": [[2025, 1, 5]]}
    assert item["author"][1] == {"family": "Ficción", "given": "José"}


def test_what_the_last_build_wrote_is_taken_over_only_of_papers_that_are_as_they_were(tmp_path: Path) -> None:
    def files(catalog: Catalog, old: Generation) -> list[File]:
        prints = {paper.id: fingerprint(paper) for paper in catalog.papers.values()}
        return list(one_by_one(citation_files(catalog, catalog.people, prints, old)))

    papers = sample_records(12)
    before = files(catalog_of(write_digest(tmp_path / "before", papers)), Generation())
    for file in before:
        path = tmp_path / "site" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Marked, so that what is taken from here is seen.
        path.write_bytes(file.make().replace(b"study", b"STUDY") if file.path == "papers.bib" else file.make())
    (tmp_path / "site/papers.ris.gz").write_bytes(b"\x1f\x8bdamaged")
    site = tmp_path / "site"
    old = Generation(Manifest.of(site, b"", {file.path: file.made_from for file in before}), site)
    papers[3]["title"] = "Written anew in a study"
    after = catalog_of(write_digest(tmp_path / "after", papers[1:]))
    data = next(file.make() for file in files(after, old) if file.path == "papers.bib")
    assert data.count(b"STUDY") == 10
    assert data.count(b"Written anew in a study") == 1
    for file, clean in zip(files(after, old), files(after, Generation()), strict=True):
        assert file.make().replace(b"STUDY", b"study") == clean.make(), file.path


# BibTeX itself


def _bibtex(folder: Path, data: bytes, style: str) -> str:
    """Run BibTeX over all of a file's entries; return what it says."""
    program = shutil.which("bibtex")
    if program is None:
        pytest.skip("no bibtex; Debian's package is called texlive-binaries")
    found = subprocess.run(["kpsewhich", f"{style}.bst"], capture_output=True, text=True, check=False)
    if not found.stdout:
        pytest.skip(f"no {style}.bst; Debian's package is called texlive-base")
    (folder / "all.bib").write_bytes(data)
    (folder / "all.aux").write_text(f"\\relax\n\\citation{{*}}\n\\bibdata{{all}}\n\\bibstyle{{{style}}}\n", "utf-8")
    done = subprocess.run([program, "all"], cwd=folder, capture_output=True, text=True, check=False, env=_plain_env())
    assert done.returncode == 0, done.stdout
    return done.stdout


def _plain_env() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


@pytest.mark.parametrize("style", ["plain", "alpha", "abbrv", "unsrt"])
def test_bibtex_takes_hostile_texts_without_a_warning(tmp_path: Path, style: str) -> None:
    papers = []
    for number in range(len(PAYLOADS)):
        text = payload(number, f"q{number}z")[:3000]
        papers.append(
            record(
                f"arxiv:2501.1{number:04}",
                text,
                "2025-01-06",
                authors=[{"name": text[:200]}, {"name": "Ada Invented"}] if number % 3 else [],
                journal_ref=text if number % 2 else None,
                published="2025-01-05" if number % 5 else None,
            )
        )
    data = _files(catalog_of(write_digest(tmp_path / "root", [_without_none(paper) for paper in papers])))["papers.bib"]
    said = _bibtex(tmp_path, data, style)
    assert "arning" not in said, said
    assert len(re.findall(r"\\bibitem", (tmp_path / "all.bbl").read_text("utf-8"))) == len(papers)


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def test_bibtex_takes_all_recorded_papers_without_a_warning(tmp_path: Path) -> None:
    if absent := corpus.missing("hf"):
        pytest.skip(f"no recorded papers at {absent[0]}; name the folder that holds corpus/: DIGEST_RECORDED")
    recorded = corpus.write_corpus(tmp_path / "root", "hf")
    corpus.add_a_day(recorded)
    catalog = catalog_of(recorded.root)
    assert len(catalog.papers) == 6_132
    prints = {paper.id: fingerprint(paper) for paper in catalog.papers.values()}
    made = citation_files(catalog, (), prints, Generation())
    data = next(file.make() for file in one_by_one(made) if file.path == "papers.bib")
    said = _bibtex(tmp_path, data, "plain")
    assert "arning" not in said, said
    bibliography = (tmp_path / "all.bbl").read_bytes().decode("utf-8")
    assert bibliography.count("\\bibitem") == len(catalog.papers)
