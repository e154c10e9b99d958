"""What stands in a page's head for machines: citation tags, which Google Scholar reads, and JSON-LD of schema.org.

It goes into the finished HTML, past the templates, and is escaped here for where it is put.
"""

from html import escape
from typing import Any

import msgspec

from generator.config import SiteConfig
from generator.ids import links_of
from generator.model import Curator, Paper, Person, Standing
from generator.text import xml_text

AUTHORS_NAMED = 300
"""A paper of 3,303 authors would weigh a third of a megabyte in tags alone."""
_UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def of_paper(paper: Paper, config: SiteConfig) -> str:
    """Write the citation tags of a paper, and that its page is about a scholarly article."""
    links = links_of(paper.id)
    pdf = paper.links.get("pdf") or links.get("PDF")
    names = [mention.name for mention in paper.authors[:AUTHORS_NAMED]]
    tags = [
        ("title", paper.title),
        *(("author", name) for name in names),
        ("publication_date", f"{paper.published:%Y/%m/%d}" if paper.published else ""),
        ("journal_title", paper.journal_ref or ""),
        ("doi", paper.doi or ""),
        ("arxiv_id", paper.id.removeprefix("arxiv:") if paper.id.startswith("arxiv:") else ""),
        ("pdf_url", pdf or ""),
    ]
    doi = links_of(f"doi:{paper.doi}") if paper.doi else {}
    article = {
        "@type": "ScholarlyArticle",
        "url": f"{config.url}papers/{paper.address}/",
        "headline": paper.title,
        "author": [{"@type": "Person", "name": name} for name in names],
        "datePublished": str(paper.published) if paper.published else None,
        "sameAs": list(dict.fromkeys([*links.values(), *doi.values()])),
    }
    metas = "".join(f'<meta name="citation_{name}" content="{_attribute(value)}">' for name, value in tags if value)
    return metas + _json_ld(article)


def of_person(person: Person, config: SiteConfig) -> str:
    """Write that a page is about a person, where someone said so: a name that several may share is nobody."""
    if person.standing is not Standing.VERIFIED:
        return ""
    orcid = [f"https://orcid.org/{person.orcid}"] if person.orcid else []
    value = {
        "@type": "Person",
        "url": f"{config.url}authors/{person.id}/",
        "name": person.name,
        "alternateName": list(person.also),
        "sameAs": [*orcid, *person.links.values()],
    }
    return _json_ld(value)


def of_list(address: str, name: str, config: SiteConfig) -> str:
    """Write that a page collects papers."""
    site = {"@type": "WebSite", "name": config.title, "url": config.url}
    return _json_ld({"@type": "CollectionPage", "url": config.url + address, "name": name, "isPartOf": site})


def of_curator(curator: Curator, config: SiteConfig) -> str:
    """Write that a page collects what someone picked, and who that is where it was said."""
    places = [*([f"https://orcid.org/{curator.orcid}"] if curator.orcid else []), *filter(None, [curator.link])]
    editor: dict[str, Any] = {"@type": "Person", "name": curator.name, "sameAs": places} if places else {}
    site = {"@type": "WebSite", "name": config.title, "url": config.url}
    address = f"{config.url}curators/{curator.id}/"
    return _json_ld(
        {"@type": "CollectionPage", "url": address, "name": curator.name, "editor": editor, "isPartOf": site}
    )


def of_dataset(config: SiteConfig, files: dict[str, str]) -> str:
    """Write that the digest is to be had as data; `files` are addresses below the site's root with their types."""
    downloads = [
        {"@type": "DataDownload", "contentUrl": config.url + address, "encodingFormat": kind}
        for address, kind in files.items()
    ]
    value = {
        "@type": "Dataset",
        "url": f"{config.url}data/",
        "name": config.title,
        "description": config.description or config.title,
        "distribution": downloads,
    }
    return _json_ld(value)


def _json_ld(value: dict[str, Any]) -> str:
    kept = {"@context": "https://schema.org", **{key: one for key, one in value.items() if one}}
    text = msgspec.json.encode(kept).decode().translate(_UNSAFE)
    return f'<script type="application/ld+json">{text}</script>'


def _attribute(text: str) -> str:
    return escape(" ".join(xml_text(text).split()))
