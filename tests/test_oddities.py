"""Odd records, invented ones and, where at hand, recorded ones, read on their pages as a person would write them."""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from generator.catalog.catalog import Catalog, assemble
from generator.catalog.content import load
from generator.ids import parse_id
from generator.site.build import build
from generator.text import clean_line
from tests.built_site import BuiltSite
from tests.digest_folder import CONFIG, record, write_digest

RECORDED = Path(os.environ.get("DIGEST_RECORDED") or Path(__file__).parents[1] / "../shared/data")
INVENTED = Path(__file__).parent / "data" / "oddities.jsonl"
MANY = 3303
"""Authors of the paper with the most that arXiv had when this was written."""

STRAY = re.compile(r"&(?:amp|lt|gt|quot|nbsp|#\d+|#x[0-9a-fA-F]+);")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")

# How the recorded titles read, written out by hand, without our code; formulas as they are read on a line.
TITLES = {
    "arxiv:0707.3789": "Interactive Small-Step Algorithms II: Abstract State Machines and the Characterization Theorem",
    "arxiv:cs/0501040": "Split-2 Bisimilarity has a Finite Axiomatization over CCS with Hennessy's Merge",
    "arxiv:cs/0606084": "The Completeness of Propositional Resolution: A Simple and Constructive Proof",
    "arxiv:1802.02610": "Telling apart Felidae and Ursidae from the distribution of nucleotides in mitochondrial DNA",
    "arxiv:2504.07128": "DeepSeek-R1 Thoughtology: Let's <think> about LLM Reasoning",
    "arxiv:1710.08701": "The Erdős-Hajnal conjecture for caterpillars and their complements",
    "arxiv:1803.03993": (
        "Constructive description of Hölder-like classes on an arc in ℝ³ by means of harmonic functions"
    ),
    "arxiv:1805.04210": "Extremal Spectral Gaps for Periodic Schrödinger Operators",
    "arxiv:1902.08796": "On complete hyperKähler manifolds with compact isometry group",
    "arxiv:1008.2462": "On cohomology of the Lie superalgebra D(2, 1 ; α)",
    "arxiv:1512.08189": "Cost-Efficient Data Backup for Data Center Networks against ε-Time Early Warning Disaster",
    "arxiv:1201.6078": "@tComment: Testing Javadoc Comments to Detect Comment-Code Inconsistencies",
    "arxiv:1712.06982": "A Roadmap for HEP Software and Computing R&D for the 2020s",
    "arxiv:1002.1605": "Growth of small generating sets in SL_n(Z/pZ)",
    "arxiv:nucl-th/9402003": "The E2 contribution to the 8B -> p + 7Be Coulomb dissociation cross section",
    "arxiv:nlin/0107004": "ℏ → 0 in Kicked Harper Model: Reassurances and Surprises",
    "arxiv:0710.4165": "A note on plurisubharmonic defining functions in ℂⁿ",
    "arxiv:2606.16688": "A Lean-Certified Proof of K₈(4, 2) = 23",
    "arxiv:2505.17561": (
        "Model Already Knows the Best Noise: Bayesian Active Noise Selection via Attention in Video Diffusion Model"
    ),
    "arxiv:2508.14444": ("NVIDIA Nemotron Nano 2: An Accurate and Efficient Hybrid Mamba-Transformer Reasoning Model"),
    "url:aclanthology.org/2002.jeptalnrecital-poster.5": (
        "Distinguer les termes des collocations : étude sur corpus du patron <Adjectif – Nom> en anglais médical"
    ),
    "url:aclanthology.org/O17-1010": (
        "基於鑑別式自編碼解碼器之錄音回放攻擊偵測系統"
        " (A Replay Spoofing Detection System Based on Discriminative Autoencoders) [In Chinese]"
    ),
    "doi:10.18653/v1/d19-1063": (
        "Help, Anna! Visual Navigation with Natural Multimodal Assistance via Retrospective Curiosity-Encouraging"
        " Imitation Learning"
    ),
    "doi:10.1162/tacl_a_00475": "♫ MuSiQue: Multihop Questions via Single-hop Question Composition",
    "url:aclanthology.org/2024.findings-acl.712": "BATS: BenchmArking Text Simplicity 🦇",
    "doi:10.1162/coli_a_00413": (
        "Toward Gender-Inclusive Coreference Resolution: An Analysis of Gender and Bias Throughout the Machine Learning"
        " Lifecycle*"
    ),
}


def _built(root: Path, records: Iterable[dict[str, Any]]) -> tuple[Catalog, BuiltSite]:
    write_digest(root, records)
    build(root, root / "site", 2)
    return assemble(load(root)), BuiltSite(root / "site")


def _heading(soup: BeautifulSoup) -> str:
    heading = soup.find("h1")
    assert heading is not None
    return heading.text


def _names(soup: BeautifulSoup) -> list[str]:
    return [link.text for link in soup.select("#authors a")]


def _invented() -> list[dict[str, Any]]:
    return [json.loads(line) for line in INVENTED.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalog, BuiltSite]:
    """A site of the invented oddities, each with its odd title as its abstract and comment too."""
    records = [
        record(
            row["id"],
            row["title"],
            "2025-01-06",
            authors=[{"name": name} for name in row["authors"]],
            abstract=row["title"],
            comment=row["title"],
        )
        for row in _invented()
    ]
    return _built(tmp_path_factory.mktemp("invented"), records)


@pytest.mark.parametrize("row", _invented(), ids=lambda row: row["why"])
def test_invented_oddity_reads_as_a_person_would_write_it(
    row: dict[str, Any], invented: tuple[Catalog, BuiltSite]
) -> None:
    catalog, site = invented
    paper = catalog.papers[row["id"]]
    soup = site.soup(f"papers/{paper.address}/")
    abstract = soup.select_one(".abstract")
    assert abstract is not None
    if paper.title_tex is None:
        assert _heading(soup) == abstract.text == row["reads"]["title"]
    else:
        assert len(soup.select("h1 math")) == len(abstract.select("math")) == row["title"].count("$") / 2
    assert _names(soup) == row["reads"]["authors"]
    assert soup.title is not None
    assert soup.title.text.startswith(row["reads"]["title"])
    assert row["reads"]["title"] in [fact.text for fact in soup.select(".facts dd")]
    cards = {card.text for card in site.soup("days/2025-01-06/").select(".card h3 a")}
    assert row["reads"]["title"] in cards


def test_every_link_between_odd_pages_resolves(invented: tuple[Catalog, BuiltSite]) -> None:
    site = invented[1]
    assert [dead for address in site.addresses for dead in site.dead_links(address)] == []


def test_paper_of_thousands_of_authors_names_them_all(tmp_path: Path) -> None:
    names = [f"Invented Author {number}" for number in range(MANY)]
    many = record("arxiv:2501.30001", "By very many", "2025-01-06", authors=[{"name": name} for name in names])
    catalog, site = _built(tmp_path, [many])
    assert len(catalog.people) == MANY
    assert _names(site.soup("papers/2501.30001/")) == names
    assert len(site.addresses) > MANY
    day = site.soup("days/2025-01-06/")
    assert "all 3,303" in day.text
    assert len(day.select(".card .by a")) < 50
    listed = [
        link
        for letter in site.addresses
        if letter.startswith("authors/a-z/")
        for link in site.soup(letter).select(".cols a")
    ]
    assert len(listed) == MANY
    assert site.dead_links("papers/2501.30001/") == site.dead_links("days/2025-01-06/") == []


# Recorded


def _recorded() -> list[dict[str, Any]]:
    path = RECORDED / "oddities.jsonl"
    if not path.is_file():
        pytest.skip(f"no recorded oddities at {path}; name their folder: DIGEST_RECORDED")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    made: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = _as_record(row)
        made.setdefault(one["id"], one)
    return list(made.values())


def _as_record(row: dict[str, Any]) -> dict[str, Any]:
    """Turn a row of the recorded corpora into a record line of ours, its texts untouched."""
    raw = row["record"]
    if row["corpus"] == "acl":
        paper, day = parse_id(f"doi:{raw['doi']}" if raw.get("doi") else raw["url"]), f"{raw['year']}-01-01"
        authors = [author["name"] for author in raw["authors"]]
    else:
        paper, day = parse_id(raw["arxiv_id"]), (raw["published"] or raw.get("updated") or raw["listed"][0])[:10]
        authors = raw["authors"]
    optional = {
        key: raw[key] for key in ("abstract", "comment", "journal_ref", "doi", "primary_category") if raw.get(key)
    }
    return {
        "id": paper,
        "title": raw["title"],
        "authors": [{"name": name} for name in authors],
        "categories": raw.get("categories") or [],
        "published": day,
        "listed": [{"source": "recorded", "date": day}],
        **optional,
    }


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], Catalog, BuiltSite]:
    """A site of all recorded oddities."""
    records = _recorded()
    return (records, *_built(tmp_path_factory.mktemp("recorded"), records))


def test_every_recorded_oddity_has_its_page(recorded: tuple[list[dict[str, Any]], Catalog, BuiltSite]) -> None:
    records, catalog, site = recorded
    assert len(records) > 200
    known = {other for paper in catalog.papers.values() for other in (paper.id, *paper.aliases)}
    assert {one["id"] for one in records} <= known
    assert {f"papers/{paper.address}/" for paper in catalog.papers.values()} <= set(site.addresses)


@pytest.mark.parametrize("paper", TITLES)
def test_recorded_title_reads_as_written_by_hand(
    paper: str, recorded: tuple[list[dict[str, Any]], Catalog, BuiltSite]
) -> None:
    _, catalog, site = recorded
    title = site.soup(f"papers/{catalog.papers[paper].address}/").title
    assert title is not None
    assert title.text == f"{TITLES[paper]} · {CONFIG['title']}"


def test_nothing_stray_stands_on_recorded_pages(recorded: tuple[list[dict[str, Any]], Catalog, BuiltSite]) -> None:
    _, catalog, site = recorded
    for paper in catalog.papers.values():
        text = site.soup(f"papers/{paper.address}/").text
        assert not STRAY.search(text), (paper.id, STRAY.findall(text))
        assert not UNSEEN.search(text), (paper.id, UNSEEN.findall(text))


def test_no_word_of_recorded_titles_and_abstracts_is_lost(
    recorded: tuple[list[dict[str, Any]], Catalog, BuiltSite],
) -> None:
    """Words that stand alone between spaces, without TeX or tags, are all on the page."""
    records, catalog, site = recorded
    lost = {}
    for one in records:
        paper = catalog.papers.get(one["id"])
        if paper is None:
            continue  # laid over the arXiv record of the same DOI
        soup = site.soup(f"papers/{paper.address}/")
        abstract = soup.select_one(".abstract")
        shown = f"{_heading(soup)} {abstract.text if abstract else ''}"
        missing = sorted(_words(f"{one['title']} {one.get('abstract', '')}") - _words(shown))
        if missing:
            lost[one["id"]] = missing
    assert lost == {}


def _words(text: str) -> set[str]:
    words = (word.strip(".,;:!?()'\"“”‘’") for word in clean_line(text).split())
    return {word for word in words if len(word) > 3 and word.isalpha()}
