"""Asks servers: the only room of the house that speaks HTTP, politely and through every fault.

What is asked, and what an answer says, is left to the sources. One connection at a time; proxies are not used, because
behind one nobody can tell where an address leads.
"""

import hashlib
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import msgspec
from urllib3.util import Url

from generator import __version__
from generator.ingest import hosts, verdict
from generator.ingest.asking import Fetched, NotNow, NotThere
from generator.ingest.courtesy import Courtesy
from generator.ingest.exchange import BrokenOffError, Line, Response, TooMuchError
from generator.ingest.stored import Store, Stored

CACHE = ".cache/ingest"
"""Where answers are kept, under the digest's root."""

LONG = 5.0
"""Seconds of waiting that somebody who looks on wants to be told of."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often; all times in seconds."""

    connect: float = 10.0
    read: float = 45.0
    """Without a byte: a throttled answer of arXiv stalls up to 31 s first."""
    deadline: float = 180.0
    """For one fetch with all its tries and redirects, without the pauses that courtesy asks for."""
    tries: int = 3
    backoff: tuple[float, ...] = (5.0, 20.0)
    """Before the second and every later try, when the server asks for no other time."""
    retry_after: float = 60.0
    """The longest time that is waited because a server asks for it."""
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Request:
    """A line of the request log."""

    method: str
    url: str
    """Without its keys."""
    status: int | None
    """None: no answer came."""
    seconds: float
    """Since the client was made, when it was sent."""
    from_cache: bool
    """Whether the server said that the stored answer still holds."""


def user_agent(repository: str | None = None, contact: str | None = None) -> str:
    """Name this program and whom to ask about it: ``paper-digest/1.0 (+https://…; mailto:…)``."""
    known = [f"+{repository}" if repository else "", f"mailto:{contact}" if contact else ""]
    told = "; ".join(filter(None, known))
    text = f"paper-digest/{__version__}" + (f" ({told})" if told else "")
    return "".join(sign for sign in text if sign.isascii() and sign.isprintable())


@dataclass(frozen=True, slots=True)
class _Question:
    """What one call of ``fetch`` asks, at one address."""

    url: str
    accept: str
    most: int
    body: bytes | None
    headers: Mapping[str, str]

    @property
    def key(self) -> str:
        """Name the question; a key that its address holds cannot be read from it."""
        whole = [self.url, self.accept, (self.body or b"").decode()]
        return hashlib.sha256(msgspec.json.encode(whole)).hexdigest()

    @property
    def shown(self) -> str:
        """Give the address as it may be shown."""
        return hosts.redacted(self.url)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where the answer to a question of this run is."""

    key: str
    unchanged: bool


@dataclass(slots=True)
class _Patience:
    """What is left of the time and the tries of one fetch."""

    until: float
    failures: int = 0


class Client:
    """Fetches for one run; ``fetch`` is what sources are given.

    Args:
        agent: what ``user_agent`` gives.
        cache: the folder of stored answers; None keeps them for this run only.
        own: addresses from the configuration: those on this machine may be asked, and with plain http.
        pauses: see ``Courtesy``.
        limits: how long and how often.
        told: is given a line before every long wait for a server in trouble.
        clock: seconds, from any start.
        wait: sleeps that many seconds.

    """

    def __init__(
        self,
        agent: str,
        cache: Path | None = None,
        *,
        own: Iterable[str] = (),
        pauses: Mapping[str, float] = {},
        limits: Limits = Limits(),
        told: Callable[[str], None] | None = None,
        clock: Callable[[], float] = monotonic,
        wait: Callable[[float], None] = sleep,
    ) -> None:
        self.log: list[Request] = []
        self._agent = agent
        self._scratch = None if cache else TemporaryDirectory(prefix="digest-")
        self._store = Store(cache or Path(self._scratch.name if self._scratch else ""))
        self._own = frozenset(filter(None, map(hosts.origin_of, own)))
        self._limits = limits
        self._told = told or _tell_nobody
        self._clock = clock
        self._wait = wait
        self._start = clock()
        self._courtesy = Courtesy(clock, pauses)
        self._lines: dict[tuple[str, bool], Line] = {}
        self._on_disk: set[str] = set()
        self._known: dict[str, _Kept | Fetched | NotNow | NotThere] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up everywhere."""
        for line in self._lines.values():
            line.close()
        if self._scratch:
            self._scratch.cleanup()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Trust whom this machine trusts; read when it is needed, for that takes a while."""
        return ssl.create_default_context()

    def fetch(
        self,
        url: str,
        *,
        accept: str = "*/*",
        max_bytes: int = 20_000_000,
        json: object | None = None,
        headers: Mapping[str, str] = {},
    ) -> Fetched:
        """Get an address, or post ``json`` to it; what was asked in this run is not asked again.

        Raises:
            NotNow: the source cannot answer now.
            NotThere: it answered that nothing is there.

        """
        body = None if json is None else msgspec.json.encode(json)
        question = _Question(url, accept, max_bytes, body, headers)
        known = self._recall(question)
        if known is None:
            try:
                known = self._follow(question)
            except (NotNow, NotThere) as error:
                self._known[question.key] = known = error
        if isinstance(known, Fetched):
            return known
        raise known

    def _recall(self, question: _Question) -> Fetched | NotNow | NotThere | None:
        known = self._known.get(question.key)
        if not isinstance(known, _Kept):
            return known
        stored = self._store.get(known.key)
        return Fetched(stored.url, stored.body, stored.content_type, known.unchanged) if stored else None

    def _follow(self, first: _Question) -> Fetched:
        """Ask, and follow redirects hop by hop, each checked as the first was; none leads to this machine."""
        patience = _Patience(self._clock() + self._limits.deadline)
        question, own, seen = first, self._own, {first.url}
        for _ in range(self._limits.redirects + 1):
            try:
                url = hosts.parse(question.url)
                answer = self._persist(question, url, own, patience)
            except hosts.RefusedError as error:
                via = "" if question is first else f"redirected to {question.shown[:200]}: "
                raise NotNow(first.shown, f"not asked: {via}{error}") from None
            if isinstance(answer, Fetched):
                # On disk, if it can be kept there: a run may bring hundreds of megabytes.
                kept = question.key in self._on_disk
                self._known[first.key] = _Kept(question.key, answer.unchanged) if kept else answer
                return answer
            if question.body is not None:
                raise NotNow(first.shown, "redirected, which is for questions, not for what is posted")
            target = _joined(question.url, answer)
            if target in seen:
                raise NotNow(first.shown, f"redirected in a circle: {hosts.redacted(target)[:200]}")
            seen.add(target)
            here = hosts.origin(url)
            own = self._own & {here}
            # Another server does not get to know what a header says.
            headers = question.headers if hosts.origin_of(target) == here else {}
            question = replace(question, url=target, headers=headers)
        raise NotNow(first.shown, f"redirected more than {self._limits.redirects} times")

    def _persist(self, question: _Question, url: Url, own: frozenset[str], patience: _Patience) -> Fetched | str:
        """Ask one address until it answers or time or tries are used up; a redirect is given as its target."""
        while True:
            try:
                return self._ask(question, url, own, patience)
            except verdict.UselessError as error:
                raise NotNow(question.shown, str(error), error.status) from None
            except verdict.PassingError as error:
                patience.failures += 1
                seconds = self._before_next_try(error, patience)
                if isinstance(seconds, str):
                    if error.status in verdict.HAD_ENOUGH:
                        self._courtesy.had_enough(url.host or "", f"it said {error} before in this run")
                    raise NotNow(question.shown, f"{error}{seconds}", error.status) from None
            if seconds >= LONG:
                self._told(f"waiting {seconds:.0f} s to ask again: {question.shown}")
            self._wait(seconds)

    def _before_next_try(self, error: verdict.PassingError, patience: _Patience) -> float | str:
        """Say how long to wait, or why there is no other try."""
        tries, backoff = patience.failures, self._limits.backoff
        if error.seconds is not None and error.seconds > self._limits.retry_after:
            return f"; it asks to wait {error.seconds:,.0f} s"
        if tries >= self._limits.tries:
            return f" after {tries} tries" if tries > 1 else ""
        seconds = error.seconds if error.seconds is not None else backoff[min(tries, len(backoff)) - 1]
        if self._clock() + seconds >= patience.until:
            return f"; no time was left after {tries} {'try' if tries == 1 else 'tries'}"
        return seconds

    def _ask(self, question: _Question, url: Url, own: frozenset[str], patience: _Patience) -> Fetched | str:
        """Send one request, when courtesy allows it, and judge the answer."""
        host = url.host or ""
        if why := self._courtesy.refusal(host):
            raise verdict.UselessError(f"not asked: {why}")
        stored = self._store.get(question.key) if question.body is None else None
        method = "GET" if question.body is None else "POST"
        headers = {"User-Agent": self._agent, "Accept": question.accept, **(stored.conditions if stored else {})}
        if question.body is not None:
            headers["Content-Type"] = "application/json"
        try:
            line = self._line(url, own)
            self._pause(host, patience)
            sent = self._clock()
            response: Response | None = None
            try:
                response = line.ask(
                    method,
                    url.request_uri,
                    {**headers, **question.headers},
                    question.body,
                    question.most,
                    patience.until - sent,
                )
            finally:
                self._courtesy.asked(host)
                status = None if response is None else response.status
                self.log.append(Request(method, question.shown, status, sent - self._start, status == 304))
        except (BrokenOffError, hosts.UnknownHostError) as error:
            raise verdict.PassingError(str(error)) from None
        except TooMuchError as error:
            raise verdict.UselessError(str(error)) from None
        return self._judge(question, response, stored)

    def _judge(self, question: _Question, response: Response, stored: Stored | None) -> Fetched | str:
        if response.status == 304 and stored and stored.conditions:
            self._on_disk.add(question.key)
            return Fetched(stored.url, stored.body, stored.content_type, unchanged=True)
        if response.status in verdict.NOT_THERE:
            raise NotThere(question.shown, response.status, response.body)
        if response.status in verdict.REDIRECTS and (target := response.headers.get("location")):
            return target
        verdict.check(response, question.accept)
        kind = verdict.media_type(response.headers)
        known_by = [_short(response.headers.get(name, "")) for name in ("etag", "last-modified")]
        if self._store.put(question.key, Stored(question.shown, response.body, kind, *known_by)):
            self._on_disk.add(question.key)
        return Fetched(question.shown, response.body, kind, unchanged=False)

    def _line(self, url: Url, own: frozenset[str]) -> Line:
        """Give the connection to a server; where its name leads is looked up once a run."""
        here = hosts.origin(url)
        line = self._lines.get((here, here in own))
        if line is None:
            addresses = hosts.find(url, own, self._limits.connect)
            line = Line(url, addresses, self._limits.connect, self._limits.read, self._tls)
            self._lines[here, here in own] = line
        return line

    def _pause(self, host: str, patience: _Patience) -> None:
        """Wait until a host may be asked again, which does not count as time for the answer."""
        if (seconds := self._courtesy.wait(host)) > 0:
            self._wait(seconds)
            patience.until += seconds


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:
        # Half an IPv6 address; what is no address is refused where it is asked.
        return target


def _tell_nobody(_line: str) -> None:
    pass


def _short(value: str) -> str:
    """Keep what a server wants its answer to be known by, if it can be said back to it."""
    value = value.strip()
    return value if len(value) <= 500 and value.isascii() and value.isprintable() else ""
