"""The digest for programs: JSON files at addresses for good.

What they hold is in ``documents``; feeds and citations are left to their own folders.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import groupby

import msgspec

from generator.catalog.catalog import Catalog
from generator.model import Curator, Day, Measurement, Paper, Person, Standing, Topic
from generator.site.api.documents import (
    VERSION,
    ApiAuthor,
    ApiCorrection,
    ApiCount,
    ApiCurator,
    ApiDay,
    ApiEntry,
    ApiIndex,
    ApiListing,
    ApiMeasurement,
    ApiPaper,
    ApiPassed,
    ApiPerson,
    ApiPersonMeasurement,
    ApiPick,
    ApiPickElsewhere,
    ApiTopic,
    schema,
)
from generator.site.files import File, ManyFiles
from generator.site.generations import Generation
from generator.site.packing import known_pieces, packed
from generator.site.prints.fingerprints import fingerprint, program_hash
from generator.site.shown.periods import month_label

FOLDER = "api/"
_LEVEL = 4
"""Of compression, for a month, which changes while it is the newest or when a paper comes again: 9 would make it a
twentieth smaller, in three times the time."""
_QUICK = 1
"""For what every day changes: a sixth larger, in a fifth of the time."""

_ENCODER = msgspec.json.Encoder()


def api_files(
    catalog: Catalog, prints: Mapping[str, bytes], people: bytes, old: Generation
) -> Iterator[File | ManyFiles]:
    """Yield the files of the API; `prints` has a hash of each paper by its id, `people` is one of all people.

    `old` is what the last build made.

    The program is in all of these hashes.
    """
    api, program = _Api(catalog, old), program_hash()
    months: dict[str, list[str]] = defaultdict(list)
    label = cache(month_label)
    for paper in catalog.papers.values():
        months[label(paper.day)].append(paper.id)
    paths = {f"{FOLDER}papers/{paper.address}.json": paper.id for paper in catalog.papers.values()}
    yield ManyFiles({path: prints[paper] for path, paper in paths.items()}, lambda path: api.paper(paths[path]))
    titles = {paper.id: (paper.address, paper.title) for paper in catalog.papers.values()}
    for day in catalog.days.values():
        shown = fingerprint(program, day, [titles[paper] for paper in day.papers])
        yield File(f"{FOLDER}days/{day.date}.json", shown, partial(api.day, day))
    for topic in catalog.topics.values():
        shown = fingerprint(program, topic, [titles[paper] for paper in topic.papers])
        yield File(f"{FOLDER}topics/{topic.id}.json", shown, partial(api.topic, topic))
    for curator in catalog.curators.values():
        picked = fingerprint(program, curator, [prints[paper] for paper in curator.papers])
        yield File(f"{FOLDER}curators/{curator.id}.json", picked, partial(api.curator, curator))
    for month, papers in months.items():
        made_from = fingerprint([prints[paper] for paper in papers])
        path = f"{FOLDER}months/{month}.jsonl.gz"
        yield File(path, made_from, partial(api.lines_of_papers, path, papers))
    yield File(f"{FOLDER}authors.jsonl.gz", people, api.lines_of_people)
    index = api.index({month: len(papers) for month, papers in months.items()})
    yield File(f"{FOLDER}index.json", fingerprint(program, index), partial(bytes, index))
    yield File(f"{FOLDER}schema.json", fingerprint(program), schema)


class _Api:
    """Writes the files; a paper that a month has too is written once."""

    def __init__(self, catalog: Catalog, old: Generation) -> None:
        self.catalog, self._old = catalog, old
        self._papers: dict[str, bytes] = {}

    def paper(self, paper: str) -> bytes:
        known = self._papers.get(paper)
        if known is None:
            known = self._papers[paper] = _ENCODER.encode(_paper(self.catalog.papers[paper])) + b"\n"
        return known

    def lines_of_papers(self, path: str, papers: Iterable[str]) -> bytes:
        """Write a line a paper, packed by days: of a month a new day is new, the others are as they were."""
        days = groupby(papers, key=lambda paper: self.catalog.papers[paper].day)
        pieces = (b"".join(map(self.paper, day)) for _, day in days)
        return packed(pieces, _LEVEL, known_pieces(self._old.read(path)))

    def lines_of_people(self) -> bytes:
        return gzip.compress(_ENCODER.encode_lines(self._people()), _QUICK, mtime=0)

    def _people(self) -> Iterator[ApiPerson]:
        """Yield everyone; of whom nothing is known but papers, which most are, without making a person."""
        people = self.catalog.people
        is_plain, also, unverified = people.is_plain, people.other_names.get, Standing.UNVERIFIED.value
        for person, name, papers in people.names_and_papers():
            if is_plain(person):
                yield ApiPerson(id=person, name=name, standing=unverified, also=also(person, ()), papers=tuple(papers))
            else:
                yield _person(people[person])

    def day(self, day: Day) -> bytes:
        digest = day.digest
        value = ApiDay(
            version=VERSION,
            date=day.date,
            curator=day.curator,
            curator_id=day.curator_id,
            intro=digest.intro if digest else None,
            picks=tuple(self._entry(paper, pick.note, highlight=pick.highlight) for pick, paper in day.picks),
            rest=tuple(map(self._entry, day.rest)),
            passed=tuple(self._entry(paper, why=entry.why) for entry, paper in day.passed),
        )
        return _ENCODER.encode(value) + b"\n"

    def topic(self, topic: Topic) -> bytes:
        value = ApiTopic(
            version=VERSION,
            id=topic.id,
            name=topic.name,
            parent=topic.parent,
            children=topic.children,
            description=topic.description,
            papers=tuple(map(self._entry, topic.papers)),
        )
        return _ENCODER.encode(value) + b"\n"

    def curator(self, curator: Curator) -> bytes:
        papers = self.catalog.papers
        value = ApiCurator(
            version=VERSION,
            id=curator.id,
            name=curator.name,
            link=curator.link,
            orcid=curator.orcid,
            topics=curator.topics,
            note=curator.note,
            papers=tuple(
                self._entry(paper, papers[paper].note, highlight=papers[paper].highlight) for paper in curator.papers
            ),
        )
        return _ENCODER.encode(value) + b"\n"

    def _entry(
        self, paper: str, note: str | None = None, why: str | None = None, *, highlight: bool = False
    ) -> ApiEntry:
        shown = self.catalog.papers[paper]
        return ApiEntry(id=shown.id, address=shown.address, title=shown.title, note=note, highlight=highlight, why=why)

    def index(self, months: dict[str, int]) -> bytes:
        catalog, config = self.catalog, self.catalog.config
        value = ApiIndex(
            version=VERSION,
            title=config.title,
            url=config.url,
            description=config.description,
            schema=f"{FOLDER}schema.json",
            paper=f"{FOLDER}papers/{{address}}.json",
            day=f"{FOLDER}days/{{date}}.json",
            topic=f"{FOLDER}topics/{{id}}.json",
            curator=f"{FOLDER}curators/{{id}}.json",
            month=f"{FOLDER}months/{{month}}.jsonl.gz",
            authors=f"{FOLDER}authors.jsonl.gz",
            days=tuple(ApiCount(id=str(day.date), papers=len(day.papers)) for day in catalog.days.values()),
            months=tuple(ApiCount(id=month, papers=count) for month, count in sorted(months.items())),
            topics=tuple(
                ApiCount(id=topic.id, name=topic.name, papers=len(topic.papers)) for topic in catalog.topics.values()
            ),
            curators=tuple(
                ApiCount(id=one.id, name=one.name, papers=len(one.papers)) for one in catalog.curators.values()
            ),
        )
        return msgspec.json.format(_ENCODER.encode(value), indent=1) + b"\n"


def _paper(paper: Paper) -> ApiPaper:
    return ApiPaper(
        version=VERSION,
        id=paper.id,
        address=paper.address,
        title=paper.title,
        day=paper.day,
        aliases=paper.aliases,
        authors=tuple(
            ApiAuthor(name=mention.name, author=mention.person, affiliation=mention.affiliation)
            for mention in paper.authors
        ),
        abstract=paper.abstract,
        published=paper.published,
        updated=paper.updated,
        revision=paper.version,
        primary_category=paper.primary_category,
        categories=paper.categories,
        doi=paper.doi,
        journal_ref=paper.journal_ref,
        comment=paper.comment,
        withdrawn=paper.withdrawn,
        organization=paper.organization,
        keywords=paper.keywords,
        links=dict(sorted(paper.links.items())),
        topics=paper.topics,
        listed=tuple(
            ApiListing(date=listing.date, source=listing.source, digest=listing.digest or None)
            for listing in paper.listed
        ),
        picks=tuple(
            ApiPick(
                date=one.date,
                curator=one.curator,
                curator_id=one.curator_id,
                note=one.pick.note,
                highlight=one.pick.highlight,
            )
            for one in paper.choices
        ),
        corrections=tuple(
            ApiCorrection(field=one.field.value, why=one.why, by=one.by, said=one.said) for one in paper.corrections
        ),
        passed=tuple(ApiPassed(date=day, why=why) for day, why in paper.passed),
        picked_elsewhere=tuple(
            ApiPickElsewhere(date=pick.date, digest=pick.digest, title=pick.title, page=pick.page)
            for pick in paper.picked_elsewhere
        ),
        measured=_measured(paper.measured) if paper.measured else None,
    )


def _measured(counted: Measurement) -> ApiMeasurement:
    return ApiMeasurement(
        as_of=counted.as_of,
        upvotes=counted.upvotes,
        comments=counted.comments,
        citations=counted.citations,
        citations_from=counted.citations_from if counted.citations is not None else None,
        stars=counted.stars,
    )


def _person(person: Person) -> ApiPerson:
    return ApiPerson(
        id=person.id,
        name=person.name,
        standing=person.standing.value,
        also=person.also,
        orcid=person.orcid,
        links=dict(sorted(person.links.items())),
        papers=person.papers,
        measured=msgspec.convert(person.measured, ApiPersonMeasurement, from_attributes=True)
        if person.measured
        else None,
    )
