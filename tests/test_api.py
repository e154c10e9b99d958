"""The data beside the pages: the API by its own schema, what stands in heads, how programs find their way."""

import dataclasses
import gzip
import json
import re
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import defusedxml.ElementTree
import msgspec
import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from generator.catalog.catalog import Catalog
from generator.catalog.curation import Curation
from generator.catalog.memory import Memory
from generator.catalog.people import People
from generator.catalog.places import Places
from generator.config import DEFAULTS
from generator.model import Mention, Paper, Person, Standing
from generator.site.api.documents import schema
from generator.site.api.files import api_files
from generator.site.discovery import llms, opensearch
from generator.site.files import one_by_one
from generator.site.generations import Generation
from generator.site.page import Addresses, Entry
from generator.site.pages import head
from generator.site.prints.fingerprints import fingerprint
from generator.site.sitemaps import sitemap_files
from tests.built_site import BuiltSite
from tests.conftest import Sample
from tests.content import catalog_of
from tests.digest_folder import record, write_digest
from tests.hostile import PAYLOADS, payload

SCHEMA = json.loads(schema())


def _valid(value: Any, kind: str) -> Any:
    Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]}).validate(value)
    return value


def _lines(data: bytes) -> list[Any]:
    return [json.loads(line) for line in gzip.decompress(data).splitlines()]


@pytest.fixture(scope="module")
def folder(sample: Sample) -> Path:
    return sample.site.folder


# The API


def test_the_schema_is_one_and_says_what_every_field_is_for() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert {"ApiPaper", "ApiDay", "ApiTopic", "ApiPerson", "ApiIndex"} <= SCHEMA["$defs"].keys()
    assert all(definition["description"] for definition in SCHEMA["$defs"].values())


def test_every_paper_is_there_as_the_catalog_has_it(sample: Sample, folder: Path) -> None:
    found = {}
    for path in (folder / "api/papers").iterdir():
        value = _valid(json.loads(path.read_bytes()), "ApiPaper")
        assert path.name == f"{value['address']}.json"
        found[value["id"]] = value
    assert found.keys() == sample.catalog.papers.keys()
    for paper in sample.catalog.papers.values():
        value = found[paper.id]
        assert value["title"] == paper.title
        assert value.get("abstract", "") == paper.abstract
        assert [one["name"] for one in value.get("authors", [])] == [mention.name for mention in paper.authors]
        assert all((folder / "authors" / one["author"] / "index.html").is_file() for one in value.get("authors", []))
        assert value["day"] == str(paper.day)
        assert [one.get("note") for one in value.get("picks", [])] == [one.pick.note for one in paper.choices]
        assert value.get("withdrawn", False) == paper.withdrawn
        assert value.get("topics", []) == list(paper.topics)
        assert (folder / "papers" / value["address"] / "index.html").is_file()


def test_days_topics_and_lines_have_every_paper_once(sample: Sample, folder: Path) -> None:
    catalog = sample.catalog
    index = _valid(json.loads((folder / "api/index.json").read_bytes()), "ApiIndex")
    assert [one["id"] for one in index["days"]] == [str(day) for day in catalog.days]
    for day, shown in catalog.days.items():
        value = _valid(json.loads((folder / index["day"].format(date=day)).read_bytes()), "ApiDay")
        entries = [*value.get("picks", []), *value.get("rest", []), *value.get("passed", [])]
        assert tuple(entry["id"] for entry in entries) == shown.papers
    for topic in catalog.topics.values():
        value = _valid(json.loads((folder / index["topic"].format(id=topic.id)).read_bytes()), "ApiTopic")
        assert tuple(entry["id"] for entry in value.get("papers", [])) == topic.papers
    months = [(folder / index["month"].format(month=one["id"])).read_bytes() for one in index["months"]]
    lines = [line for month in months for line in _lines(month)]
    for line in lines:
        assert line == json.loads((folder / index["paper"].format(address=line["address"])).read_bytes())
    assert sorted(line["id"] for line in lines) == sorted(catalog.papers)
    people = _lines((folder / index["authors"]).read_bytes())
    assert [_valid(one, "ApiPerson")["id"] for one in people] == list(catalog.people)
    assert all(tuple(one.get("papers", [])) == catalog.people[one["id"]].papers for one in people)


ANY_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
CURATED = ANY_TEXT.filter(str.strip)
"""What a curator may write: a text of spaces is refused by the check."""


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=ANY_TEXT, abstract=ANY_TEXT, name=CURATED, note=CURATED)
def test_any_text_fits_the_schema_and_reads_back_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, title: str, abstract: str, name: str, note: str
) -> None:
    paper = record(
        "arxiv:2501.10001",
        title,
        "2025-01-06",
        abstract=abstract,
        authors=[{"name": name, "affiliation": note}],
        comment=title,
        organization=name,
        keywords=[note],
        journal_ref=note,
    )
    digests = {"2025-01-06": {"curator": name, "intro": note, "picks": [{"id": paper["id"], "note": note}]}}
    topics = [{"id": "t", "name": f"x{name}", "description": note, "match": {"any": ["x"]}}]
    catalog = catalog_of(write_digest(tmp_path_factory.mktemp("any"), [paper], digests=digests, topics=topics))
    prints = {paper.id: fingerprint(paper) for paper in catalog.papers.values()}
    files = {file.path: file.make() for file in one_by_one(api_files(catalog, prints, b"", Generation()))}
    shown = catalog.papers["arxiv:2501.10001"]
    value = _valid(json.loads(files["api/papers/2501.10001.json"]), "ApiPaper")
    assert (value["title"], value.get("abstract", "")) == (shown.title, shown.abstract)
    assert [one["name"] for one in value.get("authors", [])] == [mention.name for mention in shown.authors]
    assert _lines(files["api/months/2025-01.jsonl.gz"]) == [value]
    assert value.get("comment") == shown.comment
    assert (value.get("organization"), value.get("journal_ref")) == (shown.organization, shown.journal_ref)
    assert value.get("keywords", []) == list(shown.keywords)
    (choice,) = shown.choices
    assert [(one.get("curator"), one.get("note")) for one in value["picks"]] == [(choice.curator, choice.pick.note)]
    day, shown_day = _valid(json.loads(files["api/days/2025-01-06.json"]), "ApiDay"), catalog.days[shown.day]
    assert shown_day.digest is not None
    assert (day.get("curator"), day.get("intro")) == (shown_day.curator, shown_day.digest.intro)
    assert [(one["title"], one.get("note")) for one in day["picks"]] == [(shown.title, choice.pick.note)]
    topic = _valid(json.loads(files["api/topics/t.json"]), "ApiTopic")
    assert (topic["name"], topic.get("description")) == (catalog.topics["t"].name, catalog.topics["t"].description)
    people = [_valid(one, "ApiPerson") for one in _lines(files["api/authors.jsonl.gz"])]
    assert [(one["id"], one["name"]) for one in people] == [(one.id, one.name) for one in catalog.people.values()]


# Heads


def _read_head(html: str) -> tuple[list[tuple[str, str]], list[Any]]:
    """Return the citation tags and the JSON-LD as a parser of HTML finds them."""
    soup = BeautifulSoup(html, "html.parser")
    metas = [(str(tag["name"]), str(tag["content"])) for tag in soup.find_all("meta") if "name" in tag.attrs]
    scripts = [json.loads(tag.string or "") for tag in soup.find_all("script", type="application/ld+json")]
    return [(name, content) for name, content in metas if name.startswith("citation_")], scripts


def test_scholar_finds_title_authors_day_and_pdf_on_every_paper(sample: Sample, folder: Path) -> None:
    for paper in sample.catalog.papers.values():
        metas, (article,) = _read_head((folder / "papers" / paper.address / "index.html").read_text("utf-8"))
        found = dict(metas)
        assert found["citation_title"] == paper.title == article["headline"]
        names = [mention.name for mention in paper.authors]
        assert [content for name, content in metas if name == "citation_author"] == names
        assert [author["name"] for author in article.get("author", [])] == names
        if paper.published:
            assert found["citation_publication_date"] == str(paper.published).replace("-", "/")
            assert article["datePublished"] == str(paper.published)
        if paper.id.startswith("arxiv:"):
            assert found["citation_pdf_url"] == f"https://arxiv.org/pdf/{paper.id.removeprefix('arxiv:')}"
        assert (article["@context"], article["@type"]) == ("https://schema.org", "ScholarlyArticle")
        assert article["url"] == f"{sample.catalog.config.url}papers/{paper.address}/"


def test_only_a_person_that_someone_vouched_for_is_a_person_to_machines(sample: Sample, folder: Path) -> None:
    kinds = {}
    for person in sample.catalog.people.values():
        _, found = _read_head((folder / "authors" / person.id / "index.html").read_text("utf-8"))
        kinds[person.id] = [one["@type"] for one in found]
        assert kinds[person.id] == (["Person"] if person.standing is Standing.VERIFIED else [])
    assert kinds["ada-invented-first"] == ["Person"]
    _, (value,) = _read_head((folder / "authors/ada-invented-first/index.html").read_text("utf-8"))
    assert value["sameAs"] == ["https://orcid.org/0000-0002-1825-0097", "https://example.org/ada"]


def test_lists_and_data_say_what_they_are(sample: Sample, folder: Path) -> None:
    for address in ("topics/systems/", f"days/{max(sample.catalog.days)}/"):
        _, (value,) = _read_head((folder / address / "index.html").read_text("utf-8"))
        assert (value["@type"], value["url"]) == ("CollectionPage", sample.catalog.config.url + address)
    _, (value,) = _read_head((folder / "data/index.html").read_text("utf-8"))
    site = BuiltSite(folder, "/digest/")
    assert value["@type"] == "Dataset"
    for one in value["distribution"]:
        assert site.file_of(one["contentUrl"].removeprefix("https://example.org"))


@given(st.integers(0, len(PAYLOADS) - 1), ANY_TEXT)
def test_nothing_in_a_head_becomes_an_element_or_ends_a_script(number: int, text: str) -> None:
    said = f"{payload(number, 'q1z1q')} {text}"
    author = Mention(name=said, person="x")
    paper = Paper(id="arxiv:2503.16525", address="2503.16525", title=said, day=None, authors=(author,), doi=said)  # type: ignore[arg-type]
    person = Person(id="x", name=said, standing=Standing.VERIFIED, also=(said,), links={"a": said})
    config = msgspec.structs.replace(DEFAULTS, title=said)
    for html in (head.of_paper(paper, config), head.of_person(person, config), head.of_list("x/", said, config)):
        tags = BeautifulSoup(f"<head>{html}</head>", "html.parser").find_all(True)
        assert {tag.name for tag in tags} <= {"head", "meta", "script"}
        assert all(set(tag.attrs) in ({"name", "content"}, {"type"}, set()) for tag in tags)
        assert html.count("<script") == html.count("</script") == 1
    _, (article,) = _read_head(head.of_paper(paper, config))
    assert article["headline"] == said


# Finding the way


def test_browsers_find_the_search(sample: Sample, folder: Path) -> None:
    root = defusedxml.ElementTree.fromstring((folder / "opensearch.xml").read_bytes())
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert root.tag == f"{space}OpenSearchDescription"
    url = root.find(f"{space}Url")
    assert url is not None
    assert url.get("template") == f"{sample.catalog.config.url}search/?q={{searchTerms}}"
    assert len(root.findtext(f"{space}ShortName", "")) <= 16
    assert sample.site.soup("").find("link", rel="search", href="./opensearch.xml")


def test_llms_txt_leads_to_files_that_are_there(sample: Sample, folder: Path) -> None:
    text = (folder / "llms.txt").read_text("utf-8")
    assert text.startswith(f"# {sample.catalog.config.title}\n\n> ")
    url = sample.catalog.config.url
    addresses = re.findall(r"\]\(([^)]+)\)", text)
    site = BuiltSite(folder)
    assert len(addresses) > 10
    for address in addresses:
        assert site.file_of("/" + address.removeprefix(url)), address


NOTHING = Catalog(DEFAULTS, {}, {}, People((), str).everyone(), {}, Places(Path(), Curation(), {}), Memory())


@given(ANY_TEXT)
def test_llms_txt_and_opensearch_take_any_title(text: str) -> None:
    config = msgspec.structs.replace(DEFAULTS, title=f"x{text}", description=text)
    catalog = dataclasses.replace(NOTHING, config=config)
    defusedxml.ElementTree.fromstring(opensearch(config))
    assert llms(catalog).decode().splitlines()[1] == ""


def test_the_sitemap_has_real_days_and_fits_the_schema(sample: Sample, folder: Path) -> None:
    root = defusedxml.ElementTree.fromstring((folder / "sitemap.xml").read_bytes())
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {one.findtext(f"{space}loc", ""): one.findtext(f"{space}lastmod") for one in root.iter(f"{space}url")}
    url = sample.catalog.config.url
    assert {address for address in sample.site.addresses if not sample.site.is_redirect(address)} == {
        address.removeprefix(url) for address in found
    }
    for day in sample.catalog.days:
        assert found[f"{url}days/{day}/"] == str(day)


def addresses(pages: Sequence[Entry]) -> list[Addresses]:
    """Give the pages as two kinds of them."""
    return [Addresses(len(some), list(some), partial(list, some)) for some in (pages[:7], pages[7:])]


def test_more_pages_than_one_sitemap_takes_are_in_several() -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    pages = [(f"papers/{number}&/", date(2025, 1, 6) if number % 2 else None) for number in range(100_000)]
    made = {file.path: file.make() for file in sitemap_files("https://example.org/", addresses(pages))}
    index = defusedxml.ElementTree.fromstring(made.pop("sitemap.xml"))
    assert [one.text for one in index.iter(f"{space}loc")] == [f"https://example.org/{path}" for path in made]
    parts = [defusedxml.ElementTree.fromstring(gzip.decompress(data)) for data in made.values()]
    assert all(0 < len(part) <= 50_000 for part in parts)
    found = [(one.findtext(f"{space}loc"), one.findtext(f"{space}lastmod")) for part in parts for one in part]
    assert found == [(f"https://example.org/{address}", str(day) if day else None) for address, day in pages]


def test_a_sitemap_changes_with_its_pages_and_with_nothing_else() -> None:
    pages = [(f"papers/{number}/", date(2025, 1, 6)) for number in range(50_000)]

    def made_from(url: str = "https://example.org/") -> dict[str, bytes]:
        return {file.path: file.made_from for file in sitemap_files(url, addresses(pages))}

    before = made_from()
    assert before == made_from()
    pages[-1] = ("papers/49999/", date(2025, 1, 7))
    after = made_from()
    assert {path for path in after if after[path] != before[path]} == {"sitemap-1.xml.gz", "sitemap-2.xml.gz"}
    assert not after.items() & made_from("https://example.net/").items()
