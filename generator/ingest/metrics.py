"""The whole of ``digest metrics``: who is due, who is asked, and every count kept with its day beside the older ones.

How a service is asked is left to its module, how a source lists a day to the source's. A service that cannot answer
now is not asked again in the run and nothing of it is guessed; what it has said by then is written.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from generator.catalog.content import Content, load
from generator.catalog.profiles import OPENALEX, SEMANTIC_SCHOLAR, profiles_of
from generator.config import MetricsSettings, SourceSettings
from generator.errors import ContentProblems
from generator.ids import parse_dois
from generator.ingest.answer import UnreadableError
from generator.ingest.asking import Fetch, NotNow, Window
from generator.ingest.catch_up import alone
from generator.ingest.counting import PersonCounts, Service, Wanted
from generator.ingest.openalex import OpenAlex
from generator.ingest.semantic_scholar import SemanticScholar
from generator.ingest.sources import SOURCES
from generator.inputs import CONFIG_NAME
from generator.markup import escape_markdown
from generator.measurements import (
    COUNTS,
    AuthorMetrics,
    add_author_measurements,
    add_measurements,
    read_author_metrics,
    read_metrics,
)
from generator.model import AuthorMeasurement, DayState, Measurement
from generator.records import file_date
from generator.text import clean_line

SERVICES: Mapping[str, Callable[[Fetch, str | None, str | None], Service]] = {
    SEMANTIC_SCHOLAR: SemanticScholar,
    OPENALEX: OpenAlex,
}
"""Name, as in ``site_config.yml``, to what asks it: with its address, if another is configured, and its key."""
KEYS: Mapping[str, str] = {SEMANTIC_SCHOLAR: "SEMANTIC_SCHOLAR_API_KEY", OPENALEX: "OPENALEX_API_KEY"}
"""The names under which the environment holds their keys."""
WITH_UPVOTES = "huggingface"
"""The kind of source whose lists tell upvotes, comments and stars."""

SELDOM = 10
"""A paper is counted again when a tenth of its age has passed: what moves, often; what stands, seldom."""
SELDOMEST = 90
"""But after that many days in any case."""
WRITTEN_AT_ONCE = 500
"""Papers after which what is known so far is written, at first."""

Told = Callable[[str, int, int], None]
"""Is given what is counted, how many are done, and of how many."""


@dataclass(slots=True)
class MetricsReport:
    """What one run did."""

    papers: dict[str, int] = field(default_factory=dict)
    """Papers whose citations were counted, by service."""
    unknown: int = 0
    """Papers that no service knows."""
    later: int = 0
    """Papers that are due too, and beyond what one run asks for."""
    people: dict[str, int] = field(default_factory=dict)
    upvotes: int = 0
    """Papers whose upvotes, comments or stars are others than before."""
    warnings: list[str] = field(default_factory=list)
    """Who could not answer, with address and reason; and answers that cannot be right."""
    written: set[str] = field(default_factory=set)
    """Files that are different now, relative to the root."""


def measure(
    root: Path, fetch: Fetch, today: date, keys: Mapping[str, str], told: Told = lambda *_: None
) -> MetricsReport:
    """Count what is due under ``root`` and write it; ``keys`` are those of ``KEYS`` that the environment has.

    Raises:
        ContentProblems: the configuration, or a file to be written, is damaged.
        ConfigError: an ingest is at work here.
    """
    with alone(root):
        return _measure(root, fetch, today, keys, told)


def _measure(root: Path, fetch: Fetch, today: date, keys: Mapping[str, str], told: Told) -> MetricsReport:
    content = load(root)
    if wrong := [problem for problem in content.problems if problem.path == CONFIG_NAME]:
        raise ContentProblems(wrong)
    run = _Run(root, content, today, fetch, told)
    settings = content.config.value.metrics
    addresses = {SEMANTIC_SCHOLAR: settings.semantic_scholar_url, OPENALEX: settings.openalex_url}
    services = [SERVICES[name](fetch, addresses[name], keys.get(KEYS[name])) for name in settings.services]
    run.count_upvotes(settings)
    if services:
        run.count_citations(services, settings)
        run.count_people(services, settings)
    return run.report


def summary(report: MetricsReport) -> Iterator[str]:
    """Say in a line each what was counted."""
    counted = [f"{count:,} by {service}" for service, count in report.papers.items()]
    others = [
        f"{report.unknown:,} known to nobody" if report.unknown else "",
        f"{report.later:,} more are due" if report.later else "",
    ]
    yield "citations of papers: " + "; ".join(filter(None, [", ".join(counted) or "none counted", *others]))
    people = [f"{count:,} by {service}" for service, count in report.people.items()]
    yield f"people: {', '.join(people) or 'none counted'}"
    yield f"upvotes, comments or stars: {report.upvotes:,} papers with other counts than before"
    yield f"{len(report.written):,} files written" if report.written else "nothing written"


def step_summary(report: MetricsReport) -> str:
    """Write the run as Markdown for the summary of a step."""
    lines = [f"- {escape_markdown(line)}" for line in (*summary(report), *map(clean_line, report.warnings))]
    return "\n".join(["## Metrics", "", *lines, ""])


class _Run:
    """One run: what is known, and what came of it."""

    def __init__(self, root: Path, content: Content, today: date, fetch: Fetch, told: Told) -> None:
        self.report = MetricsReport()
        self._root = root
        self._content = content
        self._today = today
        self._fetch = fetch
        self._told = told
        self._down: set[str] = set()
        """Services that cannot answer now."""

    def count_upvotes(self, settings: MetricsSettings) -> None:
        """Ask the sources that tell upvotes for their last days again."""
        sources = self._content.config.value.sources
        for source in (source for source in sources if source.kind == WITH_UPVOTES):
            days = self._days_to_ask_again(source.name, settings.upvote_days)
            if not days:
                continue
            self._told("upvotes", 0, len(days))
            new = list(self._changed(self._ask_again(source, days)))
            self.report.upvotes += len(new)
            self._write(new)

    def count_citations(self, services: Sequence[Service], settings: MetricsSettings) -> None:
        """Ask for the papers that are due; the second service only about what the first does not know."""
        due = due_papers(self._content, self._today, settings.days)
        self.report.later = max(0, len(due) - settings.papers)
        due = due[: settings.papers]
        done = 0
        while done < len(due) and services[0].name not in self._down:
            self._told("citations", done, len(due))
            # More and more at once, so that writing a month's file again and again stays a part of the whole.
            some = due[done : done + WRITTEN_AT_ONCE * max(1, done // (4 * WRITTEN_AT_ONCE))]
            self._write(self._count_batch(some, services))
            done += len(some)

    def count_people(self, services: Sequence[Service], settings: MetricsSettings) -> None:
        """Ask for the people who are due, each by a profile that their entry links to."""
        metrics = read_author_metrics(self._root)
        due = due_people(self._content, metrics, self._today, settings.days)[: settings.people]
        counted: list[AuthorMeasurement] = []
        for service in services:
            waiting: dict[str, str] = {}
            for who, profiles in due:
                if profile := next(filter(service.knows, profiles), None):
                    waiting[profile] = who
            self._told("people", 0, len(waiting))
            answers = self._ask_people(service, list(waiting))
            counted += [self._counts_of(waiting[profile], profile, counts) for profile, counts in answers.items()]
            if found := sum(counts is not None for counts in answers.values()):
                self.report.people[service.name] = found
            # Who is not there is left to the next service; who was not answered for, to the next run.
            done = {who for profile, who in waiting.items() if profile not in answers or answers[profile]}
            due = [(who, profiles) for who, profiles in due if who not in done]
        self.report.written |= set(add_author_measurements(self._root, metrics, counted))

    def _ask_people(self, service: Service, profiles: list[str]) -> dict[str, PersonCounts | None]:
        answers: dict[str, PersonCounts | None] = {}
        if not profiles or service.name in self._down:
            return answers
        try:
            for profile, counts in service.people(profiles):
                answers[profile] = counts  # noqa: PERF403 - what came before a failure counts
        except (NotNow, UnreadableError) as error:
            self._give_up(service, error)
        for profile in (profile for profile, counts in answers.items() if counts is None):
            self.report.warnings.append(f"{service.name}: {profile} is not there; set the link of its person right")
        return answers

    def _counts_of(self, person: str, profile: str, counts: PersonCounts | None) -> AuthorMeasurement:
        counts = counts or PersonCounts()
        return AuthorMeasurement(
            id=person,
            as_of=self._today,
            profile=profile,
            h_index=counts.h_index,
            citations=counts.citations,
            papers=counts.papers,
        )

    def _count_batch(self, due: Sequence[Wanted], services: Sequence[Service]) -> list[Measurement]:
        waiting = list(due)
        counted: list[Measurement] = []
        asked = ""
        for service in services:
            answered, citations = self._ask_papers(service, waiting)
            for paper, count in citations.items():
                counted.append(Measurement(id=paper, as_of=self._today, citations=count, citations_from=service.name))
            if citations:
                self.report.papers[service.name] = self.report.papers.get(service.name, 0) + len(citations)
            asked = service.name
            # Whom a service could not answer for is not counted by another: the figures would jump to and fro.
            waiting = [paper for paper in waiting if paper.id in answered and paper.id not in citations]
        self.report.unknown += len(waiting)
        return counted + [Measurement(id=paper.id, as_of=self._today, citations_from=asked) for paper in waiting]

    def _ask_papers(self, service: Service, wanted: Sequence[Wanted]) -> tuple[set[str], dict[str, int]]:
        """Give the ids of the papers that a service answered for, and the counts of those that it knows."""
        answered: set[str] = set()
        citations: dict[str, int] = {}
        for start in range(0, len(wanted), service.most):
            if service.name in self._down:
                break
            some = wanted[start : start + service.most]
            try:
                counts = service.papers(some)
            except (NotNow, UnreadableError) as error:
                self._give_up(service, error)
                break
            answered |= {paper.id for paper in some}
            citations |= counts.citations
            self.report.warnings += [f"{service.name}: {problem}" for problem in counts.problems]
        return answered, citations

    def _give_up(self, service: Service, error: Exception) -> None:
        self._down.add(service.name)
        self.report.warnings.append(f"{service.name}: {error}; the next run asks again")

    def _days_to_ask_again(self, source: str, most: int) -> frozenset[date]:
        """Give the last days on which a source listed papers, without those that were counted today."""
        since, found = self._today - timedelta(days=most), set()
        counted: set[date] = set()
        for record in self._content.records.values():
            days = {each.date for each in record.listed if each.source == source and since < each.date <= self._today}
            found |= days
            known = self._content.metrics.days.get(record.id, {})
            if days and known.get("upvotes") == self._today:
                counted |= days
        return frozenset(found - counted)

    def _ask_again(self, source: SourceSettings, days: frozenset[date]) -> Iterator[Measurement]:
        ask = SOURCES[source.kind].ask
        if ask is None:
            return
        window = Window(since=min(days), until=max(days), today=self._today, open=days)
        failed: Counter[str] = Counter()
        for found in ask(source, window, self._fetch):
            if found.state is DayState.FAILED:
                failed[found.why] += 1
            yield from found.measured
        for why, count in failed.items():
            days_of = "a day" if count == 1 else f"{count} days"
            self.report.warnings.append(f"{source.name}: {why}; upvotes of {days_of} are as before")

    def _changed(self, measured: Iterable[Measurement]) -> Iterator[Measurement]:
        """Pass on what says something new of a paper of the digest, today."""
        for each in measured:
            paper = self._content.canonical.get(each.id, each.id)
            before = self._content.metrics.newest.get(each.id)
            news = any(getattr(each, name) not in (None, getattr(before, name, None)) for name in COUNTS)
            if paper in self._content.records and news:
                yield each

    def _write(self, measured: Sequence[Measurement]) -> None:
        if measured:
            # Read again: this run may have written since.
            self.report.written |= set(add_measurements(self._root, read_metrics(self._root), measured))


def due_papers(content: Content, today: date, days: int) -> list[Wanted]:
    """List the papers whose citations are to be counted: never asked for, newest first; then the longest not asked for.

    ``days`` is how long a count holds for a young paper.
    """
    asked: dict[str, date] = {}
    for (paper, day), item in content.metrics.history.items():
        if item.citations_from or item.citations is not None:
            asked[paper] = max(day, asked.get(paper, day))
    due: list[tuple[date, int, str]] = []
    for paper, record in content.records.items():
        if paper in content.canonical:
            continue
        known = (asked[name] for name in (paper, *content.aliases.get(paper, ())) if name in asked)
        last = max(known, default=date.min)
        born = file_date(record) or today
        holds = max(days, min(SELDOMEST, (today - born).days // SELDOM))
        if last == date.min or (today - last).days >= holds:
            due.append((last, -born.toordinal(), paper))
    return [_wanted(content, paper) for _, _, paper in sorted(due)]


def _wanted(content: Content, paper: str) -> Wanted:
    names = (paper, *content.aliases.get(paper, ()))
    arxiv = next((name.removeprefix("arxiv:") for name in names if name.startswith("arxiv:")), None)
    own = [name.removeprefix("doi:") for name in names if name.startswith("doi:")]
    said = content.merged(paper).doi
    dois = dict.fromkeys((*own, *(parse_dois(said) if said else ())))
    return Wanted(paper, arxiv, tuple(doi for doi in dois if not doi.startswith("10.48550/arxiv.")))


def due_people(content: Content, metrics: AuthorMetrics, today: date, days: int) -> list[tuple[str, tuple[str, ...]]]:
    """List the people to be counted, each with the profiles that their entry links to; longest not asked for first.

    Who has no profile is never asked for: a name alone does not say who someone is.
    """
    asked: dict[tuple[str, str], date] = {}
    for person, day, profile in metrics.history:
        asked[person, profile] = max(day, asked.get((person, profile), day))
    due: list[tuple[date, str, tuple[str, ...]]] = []
    for entry in content.curation.authors.value:
        if not (profiles := profiles_of(entry.orcid, entry.links)):
            continue
        last = max(asked.get((entry.id, profile), date.min) for profile in profiles)
        if last == date.min or (today - last).days >= days:
            due.append((last, entry.id, profiles))
    return [(person, profiles) for _, person, profiles in sorted(due)]
