"""Who picks: names below digests, entries in curators.yml, their pages, feeds and data; what corrections say."""

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result

from generator.cli import main
from generator.site.build import build
from generator.site.pages import lists as list_pages
from tests.built_site import BuiltSite
from tests.content import CORRECTIONS, CURATORS, TOPICS, catalog_of, put, record, write
from tests.digest_folder import sample_records, write_digest

CURATOR = {
    "id": "ada-example",
    "name": "Ada <b>Example</b>",
    "also": ["Ada", "A. Example"],
    "link": "https://example.org/ada",
    "orcid": "0000-0002-1825-0097",
    "topics": ["caching"],
    "note": "Knows *caches*.",
}
HOSTILE = "<script>alert(1)</script> $x<y$"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """A site with one curator who has an entry and signs with several names, one without, and corrections."""
    folder = tmp_path_factory.mktemp("curators")
    papers = sample_records(6, a_day=1)
    days = [paper["listed"][0]["date"] for paper in papers]
    signed = ["Ada", "ada-example", "Bo Nobody", "a. example", None, "Bo Nobody"]
    digests: dict[str, dict[str, Any]] = {
        day: {**({"curator": name} if name else {}), "picks": [{"id": paper["id"], "note": f"Note of {day}."}]}
        for day, name, paper in zip(days, signed, papers, strict=True)
    }
    digests[days[1]]["picks"][0]["highlight"] = True
    del digests[days[5]]["picks"]
    papers[0]["title"] = HOSTILE
    corrections = [
        {"id": papers[0]["id"], "field": "title", "value": "Right", "why": "<i>odd</i>", "by": "Ada"},
        {"id": papers[0]["id"], "field": "comment", "value": "9 pages", "why": "it was lost", "by": "someone"},
    ]
    topics = [{"id": "caching", "name": "Caching", "match": {"any": ["caches"]}}]
    root = write_digest(
        folder / "root", papers, digests=digests, corrections=corrections, topics=topics, curators=[CURATOR]
    )
    build(root, folder / "site", 1)
    return BuiltSite(folder / "site")


def text_of(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


def test_every_name_of_an_entry_is_its_curator_and_others_have_their_own(site: BuiltSite) -> None:
    found = [address for address in site.addresses if address.startswith("curators/") and not site.is_redirect(address)]
    assert found == ["curators/", "curators/ada-example/", "curators/bo-nobody/"]
    titles = [tag.get_text() for tag in site.soup("curators/ada-example/").select(".card h3")]
    assert len(titles) == 3
    assert "3 picks" in text_of(site.soup("curators/ada-example/"))
    notes = [tag.get_text() for tag in site.soup("curators/ada-example/").select(".card .note")]
    assert notes == sorted(notes, reverse=True)  # by their days, the newest first


def test_a_name_that_an_entry_takes_over_leads_to_its_page_from_where_it_was(site: BuiltSite) -> None:
    assert site.is_redirect("curators/ada/")
    assert 'href="../ada-example/"' in (site.folder / "curators/a-example/index.html").read_text("utf-8")


def test_a_curators_page_says_who_it_is_and_escapes_it(site: BuiltSite) -> None:
    soup = site.soup("curators/ada-example/")
    assert soup.h1 is not None
    assert soup.h1.get_text() == CURATOR["name"]
    hrefs = [tag["href"] for tag in soup.find_all("a", href=True)]
    assert "https://example.org/ada" in hrefs
    assert "https://orcid.org/0000-0002-1825-0097" in hrefs
    assert "../../topics/caching/" in hrefs
    assert soup.select_one(".intro em") is not None
    assert "papers.bib" in hrefs
    assert [name for name in ("feed.xml", "atom.xml", "feed.json") if name in hrefs] == [
        "feed.xml", "atom.xml", "feed.json",
    ]  # fmt: skip


def test_wherever_a_pick_shows_who_picked_it_the_name_leads_to_the_page(site: BuiltSite) -> None:
    for address in site.addresses:
        for tag in site.soup(address).select(".sig"):
            assert tag.a is not None, (address, str(tag))
            assert "/curators/" in str(tag.a["href"])
    paper = next(address for address in site.addresses if address.startswith("papers/2411"))
    assert site.soup(paper).select_one('.choice a[href="../../curators/ada-example/"]') is not None
    assert site.soup("stats/").select_one('th a[href="../curators/bo-nobody/"]') is not None
    assert site.soup("trending/").select_one('.why a[href="../curators/ada-example/"]') is not None
    assert [dead for address in site.addresses for dead in site.dead_links(address)] == []


def test_highlights_have_a_page_with_feeds_and_citations(site: BuiltSite) -> None:
    soup = site.soup("highlights/")
    assert len(soup.select(".card.lead")) == 1
    for name in ("feed.xml", "atom.xml", "feed.json", "papers.bib"):
        assert soup.select_one(f'.foot a[href="{name}"]') is not None
        assert (site.folder / "highlights" / name).is_file()
    assert '"https://example.org/digest/highlights/"' in (site.folder / "feeds.opml").read_text("utf-8")
    assert site.soup("subscribe/").select_one('a[href="../highlights/feed.xml"]') is not None


def test_curators_stand_in_the_opml_and_on_the_page_of_feeds(site: BuiltSite) -> None:
    opml = (site.folder / "feeds.opml").read_text("utf-8")
    for curator in ("ada-example", "bo-nobody"):
        assert f'"https://example.org/digest/curators/{curator}/feed.xml"' in opml
        assert f'"https://example.org/digest/curators/{curator}/"' in opml
        assert site.soup("subscribe/").select_one(f'a[href="../curators/{curator}/feed.json"]') is not None


def test_a_curators_data_has_the_picks_with_their_notes(site: BuiltSite) -> None:
    found = json.loads((site.folder / "api/curators/ada-example.json").read_bytes())
    assert {key: found[key] for key in ("id", "name", "link", "orcid", "topics", "note")} == {
        key: CURATOR[key] for key in ("id", "name", "link", "orcid", "topics", "note")
    }
    assert [entry["note"][:8] for entry in found["papers"]] == ["Note of "] * 3
    index = json.loads((site.folder / "api/index.json").read_bytes())
    assert [(one["id"], one["papers"]) for one in index["curators"]] == [("ada-example", 3), ("bo-nobody", 1)]
    paper = json.loads((site.folder / f"api/papers/{found['papers'][0]['address']}.json").read_bytes())
    assert (paper["picks"][0]["curator"], paper["picks"][0]["curator_id"]) == (CURATOR["name"], "ada-example")


def test_a_correction_says_what_the_source_said_why_and_who(site: BuiltSite) -> None:
    paper = next(address for address in site.addresses if address.startswith("papers/2411"))
    soup = site.soup(paper)
    assert soup.h1 is not None
    assert soup.h1.get_text() == "Right"
    told = [text_of(tag) for tag in soup.select(".facts dd") if "Set right" in tag.get_text()]  # type: ignore[arg-type]
    assert told == [
        f"title; source said {HOSTILE.replace('$x<y$', 'x < y')} . Set right by Ada <b>Example</b> : <i>odd</i>",
        "comment; the source said nothing. Set right by someone: it was lost",
    ]
    assert soup.select_one('.facts a[href="../../curators/ada-example/"]') is not None
    data = json.loads((site.folder / f"api/{paper.rstrip('/')}.json").read_bytes())
    assert [one["by"] for one in data["corrections"]] == ["Ada <b>Example</b>", "someone"]


def test_a_list_of_picks_that_outgrows_its_page_has_one_a_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_pages, "NEWEST_SHOWN", 2)
    papers = [record(f"arxiv:2{year}01.0000{n}", "Jo Two", day=f"202{year}-01-0{n}") for year in (4, 5) for n in (1, 2)]
    root = write(tmp_path / "root", *papers)
    for paper in papers:
        day = paper["listed"][0]["date"]
        pick = f"curator: Jo\npicks: [{{id: '{paper['id']}', highlight: true}}]\n"
        put(root, {f"content/digests/{day[:4]}/{day}.yml": pick})
    build(root, tmp_path / "site", 1)
    site = BuiltSite(tmp_path / "site")
    for folder in ("curators/jo", "highlights"):
        assert len(site.soup(f"{folder}/").select(".card")) == 2
        assert len(site.soup(f"{folder}/2024/").select(".lines li")) == 2
        assert site.soup(f"{folder}/").select_one('.head a[href="2024/"]') is not None


def test_a_name_nobody_has_picked_with_leads_nowhere(tmp_path: Path) -> None:
    paper = record("arxiv:2501.00001")
    catalog = catalog_of(write(tmp_path, paper, digest="curator: Jo\nintro: Only words.\n"))
    [day] = catalog.days.values()
    assert (day.curator, day.curator_id, catalog.curators) == ("Jo", None, {})


# What is no problem and yet worth saying


def check(root: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["check", "--root", str(root), *options])


AGREED = [
    ("title", "Paper 1 &amp; more", "Paper 1 & more"),
    ("title", "A $k$-means", "A $k$-means"),
    ("authors", "Jos{\\'e} D", "José D"),
    ("published", "2025-01-02", "2025-01-02"),
    ("doi", "https://doi.org/10.1234/ABC", "10.1234/abc"),
    ("withdrawn", True, "true"),
    ("comment", "9  pages", "9 pages"),
]


@pytest.mark.parametrize(("field", "told", "value"), AGREED)
def test_a_correction_that_the_source_has_made_by_itself_may_go(
    tmp_path: Path, field: str, told: object, value: str
) -> None:
    said = [{"name": told}] if field == "authors" else told
    paper = record("arxiv:2501.00001") | {"title": "T", field: said}
    root = write(
        tmp_path, paper, corrections=f"- {{id: 2501.00001, field: {field}, value: {value!r}, why: x, by: y}}\n"
    )
    message = f"'{field}' of 'arxiv:2501.00001' reads the same without this correction by now; delete it"
    result = check(root)
    assert result.output == f"{CORRECTIONS}:1:3: notice: {message}\nno problems, 1 notice\n"
    assert result.exit_code == 0
    result = check(root, "--format", "github")
    assert (result.exit_code, result.output) == (0, f"::notice file={CORRECTIONS},line=1,col=3::{message}\n")
    [row] = json.loads(check(root, "--format", "json").output)
    assert (row["severity"], row["line"]) == ("notice", 1)


def test_a_correction_that_still_says_something_else_has_no_notice(tmp_path: Path) -> None:
    papers = [record("arxiv:2501.00001", title="A"), record("doi:10.1234/abc", title="The same")]
    corrections = (
        "- {id: 2501.00001, field: title, value: B, why: x, by: y}\n"
        "- {id: 2501.00001, field: doi, value: 10.1234/abc, why: it names none, by: y}\n"  # the other record has it
        "- {id: 2501.00001, field: comment, value: 9 pages, why: x, by: y}\n"
    )
    assert check(write(tmp_path, *papers, corrections=corrections)).output == "no problems\n"


def test_a_paper_by_hand_that_a_source_brings_is_said(tmp_path: Path) -> None:
    root = write(tmp_path, record("arxiv:2501.00001"), papers="- {id: 2501.00001, title: T, date: 2025-01-01}\n")
    assert "'arxiv:2501.00001' comes from a source by now (invented)" in check(root).output


def test_a_name_much_like_a_curators_is_said_and_others_are_not(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        record("arxiv:2501.00001"),
        curators="- {id: editors, name: The editors}\n",
        digest="curator: edtors\npicks: [{id: 2501.00001}]\n",
    )
    result = check(root)
    assert (
        "content/digests/2025/2025-12-11.yml:1:10: notice: no curator 'edtors' in content/curators.yml" in result.output
    )
    assert result.exit_code == 0
    put(root, {"content/digests/2025/2025-12-11.yml": "curator: Jo Two\npicks: [{id: 2501.00001}]\n"})
    assert check(root).output == "no problems\n"


# CODEOWNERS


def test_code_owners_follow_areas_and_topics(tmp_path: Path) -> None:
    topics = "- {id: systems, name: S}\n- {id: caching, name: C, parent: systems}\n- {id: rest, name: R}\n"
    curators = (
        "- {id: a, name: A One, account: ada, topics: [systems]}\n"
        "- {id: b, name: B Two, account: '@org/team', topics: [caching], areas: [corrections, digests]}\n"
        "- {id: c, name: C Three, areas: [authors]}\n"
    )
    root = put(write(tmp_path), {TOPICS: topics, CURATORS: curators})
    result = CliRunner().invoke(main, ["codeowners", "--root", str(root)])
    assert result.exit_code == 0
    assert result.output.splitlines()[1:] == [
        "/content/digests/ @org/team",
        "# systems: @ada",
        "# caching: @ada @org/team",
        "/content/topics.yml @ada @org/team",
        "/content/corrections.yml @org/team",
    ]


def test_without_accounts_code_owners_say_what_is_missing(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["codeowners", "--root", str(write(tmp_path))])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "nobody with an 'account'" in result.stderr
