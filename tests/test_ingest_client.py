"""What the client does on a real connection: politely, within bounds, and never where a stranger wants it to go."""

import gzip
import itertools
import json
import os
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.ingest import hosts
from generator.ingest.asking import Fetch, Fetched, NotNow, NotThere
from generator.ingest.client import Client, Limits, user_agent
from generator.ingest.courtesy import Courtesy, asked_to_wait
from generator.ingest.stored import Store, Stored
from tests.faults import FAULTS, spoilt, status
from tests.replay import Reply, Server, replaying
from tests.test_setup import imports

ATOM = "application/atom+xml, */*"
FEED = Reply(b"<feed>" + b"x" * 5_000 + b"</feed>", content_type="application/atom+xml")
QUICK = Limits(connect=5.0, read=0.5, deadline=1.5, backoff=(0.01, 0.02))
"""For faults that are meant to reach a limit."""
PATIENT = Limits(backoff=(0.01, 0.02))
"""For everything else: a busy machine is no fault."""


@pytest.fixture
def server() -> Iterator[Server]:
    with replaying({"/feed?a=1&b=2": FEED, "/other": Reply(b"other")}, strict=False) as server:
        yield server


def client(server: Server, cache: Path | None = None, **options: Any) -> Client:
    return Client(
        user_agent("https://example.org/digest", "editor@example.org"),
        cache,
        **{"own": [server.address], "limits": PATIENT, **options},
    )


class Time:
    """A clock that only goes on when somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def outcome(asking: Client, url: str, **options: Any) -> Fetched | NotNow | NotThere:
    """Ask, and give whatever comes of it."""
    try:
        return asking.fetch(url, **options)
    except (NotNow, NotThere) as error:
        return error


def feed(server: Server) -> str:
    return f"{server.address}/feed?a=1&b=2"


# Manners --------------------------------------------------------------------------------------------------------------


def test_client_is_what_sources_are_given(server: Server) -> None:
    with client(server) as asking:
        fetch: Fetch = asking.fetch
        assert fetch(feed(server), accept=ATOM) == Fetched(feed(server), FEED.body, "application/atom+xml", False)


def test_request_says_who_asks_and_for_what(server: Server) -> None:
    with client(server) as asking:
        asking.fetch(feed(server), accept=ATOM, headers={"X-Api-Key": "abc"})
    (asked,) = server.log
    assert asked.headers["user-agent"].startswith("paper-digest/")
    assert asked.headers["user-agent"].endswith(" (+https://example.org/digest; mailto:editor@example.org)")
    assert asked.headers["accept"] == ATOM
    assert asked.headers["accept-encoding"] == "gzip"
    assert asked.headers["x-api-key"] == "abc"
    assert asked.headers["host"] == server.address.removeprefix("http://")


@given(st.text(max_size=40), st.text(max_size=40))
def test_user_agent_is_one_plain_line_whatever_the_contact(repository: str, contact: str) -> None:
    agent = user_agent(repository, contact)
    assert agent.isascii()
    assert agent.isprintable()


def test_requests_to_one_service_keep_their_distance() -> None:
    time = Time()
    routes = {
        "/1": FEED,
        "/2": Reply(b"", 302, headers={"Location": "/3"}),
        "/3": Reply(b"busy", 500),
        "/4": Reply(b"", 404),
    }
    with (
        replaying(routes) as server,
        client(server, pauses={"127.0.0.1": 3.0}, clock=time.clock, wait=time.wait) as asking,
    ):
        asking.fetch(f"{server.address}/1")
        for path in ("/2", "/4"):
            with pytest.raises((NotNow, NotThere)):
                asking.fetch(f"{server.address}{path}")
    assert [request.url.removeprefix(server.address) for request in asking.log] == ["/1", "/2", "/3", "/3", "/3", "/4"]
    sent = [request.seconds for request in asking.log]
    assert sent[0] == 0
    assert all(after - before >= 3 for before, after in itertools.pairwise(sent))


def test_arxiv_is_one_service_and_others_each_their_own() -> None:
    time = Time()
    courtesy = Courtesy(time.clock)
    courtesy.asked("export.arxiv.org")
    for host in ("export.arxiv.org", "rss.arxiv.org", "arxiv.org", "oaipmh.arxiv.org"):
        assert courtesy.wait(host) == 3
    for host in ("huggingface.co", "notarxiv.org", "arxiv.org.example.org"):
        assert courtesy.wait(host) == 0
    courtesy.asked("huggingface.co")
    assert courtesy.wait("huggingface.co") == 1
    time.now += 2
    assert (courtesy.wait("rss.arxiv.org"), courtesy.wait("huggingface.co")) == (1, 0)


def test_pauses_are_lengthened_and_never_shortened_except_on_this_machine() -> None:
    courtesy = Courtesy(Time().clock, {"arxiv.org": 0.0, "example.org": 0.5, "slow.example.org": 10, "127.0.0.1": 2})
    assert courtesy.pause("export.arxiv.org") == 3
    assert courtesy.pause("www.example.org") == 1
    assert courtesy.pause("slow.example.org") == 10
    assert courtesy.pause("127.0.0.1") == 2
    assert courtesy.pause("localhost") == courtesy.pause("[::1]") == 0


def test_nothing_is_asked_twice_in_a_run(server: Server, tmp_path: Path) -> None:
    for cache in (None, tmp_path / "cache"):
        server.log.clear()
        with client(server, cache) as asking:
            first = [asking.fetch(feed(server)) for _ in range(3)]
            for _ in range(3):
                with pytest.raises(NotThere):
                    asking.fetch(f"{server.address}/nowhere")
            asking.fetch(f"{server.address}/other", json={"ids": [1]})
            asking.fetch(f"{server.address}/other", json={"ids": [1]})
            asking.fetch(f"{server.address}/other", json={"ids": [2]})
        assert first[0] == first[1] == first[2]
        assert [asked.target for asked in server.log] == ["/feed?a=1&b=2", "/nowhere", "/other", "/other"]


def test_nothing_that_failed_is_asked_again_in_a_run(server: Server) -> None:
    server.fail(status(403))
    with client(server) as asking:
        for _ in range(3):
            with pytest.raises(NotNow, match="HTTP 403"):
                asking.fetch(feed(server))
    assert len(server.log) == 1


def test_nothing_is_asked_twice_where_nothing_can_be_stored(server: Server, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with client(server, tmp_path / "cache") as asking:
        assert asking.fetch(feed(server)) == asking.fetch(feed(server))
    assert len(server.log) == 1


def test_service_that_had_enough_is_left_alone(server: Server) -> None:
    server.fail(status(429))
    with client(server, pauses={"127.0.0.1": 0.01}) as asking:
        with pytest.raises(NotNow, match="HTTP 429 Too Many Requests after 3 tries"):
            asking.fetch(feed(server))
        server.recover()
        with pytest.raises(NotNow, match="not asked: it said HTTP 429"):
            asking.fetch(f"{server.address}/other")
    assert len(server.log) == 3


# Trying again ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["429", "406", "503", "500", "cut body", "cut chunk", "cut gzip", "hang up", "no protocol", "rate exceeded"],
)
def test_fault_that_passes_is_outlived(server: Server, name: str) -> None:
    server.fail(FAULTS[name], lasting=False)
    with client(server) as asking:
        assert asking.fetch(feed(server), accept=ATOM).body == FEED.body
    assert len(server.log) == 2


def test_server_is_given_the_time_it_asks_for(server: Server) -> None:
    time = Time()
    server.fail(status(429, retry_after="57"), lasting=False)
    with client(server, clock=time.clock, wait=time.wait) as asking:
        assert asking.fetch(feed(server)).body == FEED.body
    assert time.waits == [57]


def test_server_that_asks_for_more_than_a_minute_is_not_asked_again(server: Server) -> None:
    time = Time()
    server.fail(status(503, retry_after="61"))
    with client(server, clock=time.clock, wait=time.wait) as asking, pytest.raises(NotNow) as caught:
        asking.fetch(feed(server))
    assert str(caught.value) == f"HTTP 503 Service Unavailable; it asks to wait 61 s: {feed(server)}"
    assert (time.waits, len(server.log)) == ([], 1)


def test_waits_between_tries_grow(server: Server) -> None:
    time = Time()
    told: list[str] = []
    server.fail(status(503))
    options: dict[str, Any] = {"clock": time.clock, "wait": time.wait, "limits": Limits(), "told": told.append}
    with client(server, **options) as asking, pytest.raises(NotNow) as caught:
        asking.fetch(feed(server))
    assert (time.waits, caught.value.status) == ([5, 20], 503)
    assert told == [f"waiting {seconds} s to ask again: {feed(server)}" for seconds in (5, 20)]


@pytest.mark.parametrize(("code", "tries"), [(500, 3), (502, 3), (522, 3), (599, 3), (408, 3), (501, 1), (401, 1)])
def test_trouble_of_the_server_is_tried_again_and_a_refusal_is_not(server: Server, code: int, tries: int) -> None:
    server.fail(status(code))
    with client(server) as asking, pytest.raises(NotNow, match=f"HTTP {code}"):
        asking.fetch(feed(server))
    assert len(server.log) == tries


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "Thu, 11 Dec 2025 00:01:00 GMT", "date": "Thu, 11 Dec 2025 00:00:00 GMT"}, 60),
        ({"retry-after": "Thu, 11 Dec 2025 00:00:00 GMT", "date": "Thu, 11 Dec 2025 00:01:00 GMT"}, 0),
        ({"retry-after": "Thu, 11 Dec 2025 00:01:00 GMT"}, None),
        ({"ratelimit": '"api";r=0;t=57'}, 57),
        ({"ratelimit": '"api";r=0'}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_wait_that_is_asked_for_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_to_wait(headers) == seconds


@given(st.text(max_size=40), st.text(max_size=40), st.text("rt=;0123456789 ", max_size=40))
def test_any_header_says_how_long_to_wait_or_nothing(after: str, date: str, limit: str) -> None:
    seconds = asked_to_wait({"retry-after": after, "date": date, "ratelimit": limit})
    assert seconds is None or seconds >= 0


# Faults ---------------------------------------------------------------------------------------------------------------

REASONS = {
    "429": "HTTP 429 Too Many Requests after 3 tries",
    "429, wait a second": "HTTP 429 Too Many Requests",
    "429, wait an hour": "HTTP 429 Too Many Requests; it asks to wait 3,600 s",
    "429, wait until a day": "HTTP 429 Too Many Requests; it asks to wait 21,600 s",
    "406": "HTTP 406 Not Acceptable after 3 tries",
    "503": "HTTP 503 Service Unavailable after 3 tries",
    "500": "HTTP 500 Internal Server Error after 3 tries",
    "403": "HTTP 403 Forbidden",
    "stall": "",
    "stall within": "",
    "slow drip": "no whole answer within",
    "slow drip of headers": "no whole answer within",
    "cut body": "the answer was cut off after 3 tries",
    "cut chunk": "the answer was cut off after 3 tries",
    "cut gzip": "the answer was cut off: its gzip has no end after 3 tries",
    "hang up": "the server hung up without an answer after 3 tries",
    "no protocol": "the answer was broken off: hello? ::error:: after 3 tries",
    "a page": "it answered with 'text/html' where 'application/atom+xml, */*' was asked for",
    "rate exceeded": "HTTP 200 with 'Rate exceeded.' after 3 tries",
    "rate exceeded, as the right type": "HTTP 200 with 'Rate exceeded.' after 3 tries",
    "gzip bomb": "the answer has more than 20,000,000 bytes",
    "60 MB": "the answer has more than 20,000,000 bytes",
    "60 MB promised": "the answer has 60,000,000 bytes, more than 20,000,000",
    "other encoding": "the answer comes in the encoding 'br', which was not asked for",
    "redirect to loopback": "only https addresses are asked",
    "redirect to loopback over https": "127.0.0.1 is not on the public network",
    "redirect to loopback by name": "which is not on the public network",
    "redirect to loopback, IPv6": "::1 is not on the public network",
    "redirect to loopback in IPv6": "::ffff:127.0.0.1 is not on the public network",
    "redirect to loopback as a number": "2130706433 leads to 127.0.0.1, which is not on the public network",
    "redirect to private": "10.0.0.1 is not on the public network",
    "redirect to the cloud's own": "only https addresses are asked",
    "redirect to a file": "only https addresses are asked",
    "redirect loop": "redirected in a circle",
    "redirects without end": "redirected more than 5 times",
}
LEFT_TO_READERS = FAULTS.keys() - REASONS.keys()
"""Bodies that come whole; what is wrong with them is the readers' business."""
SLOW = {"stall", "stall within", "slow drip", "slow drip of headers", "429, wait a second"}


@pytest.mark.parametrize("name", REASONS)
def test_fault_ends_in_not_now_with_address_and_reason(server: Server, name: str) -> None:
    server.fail(FAULTS[name])
    limits = QUICK if name in SLOW else PATIENT
    with client(server, limits=limits) as asking, pytest.raises(NotNow) as caught:
        asking.fetch(feed(server), accept=ATOM)
    assert server.struck
    assert caught.value.url == feed(server)
    assert caught.value.reason
    assert REASONS[name] in caught.value.reason
    assert str(caught.value).isprintable()
    assert len(server.log) <= 6


@pytest.mark.parametrize("name", sorted(LEFT_TO_READERS))
def test_body_that_comes_whole_is_handed_on_as_it_is(server: Server, name: str) -> None:
    server.fail(FAULTS[name])
    with client(server) as asking:
        assert len(asking.fetch(feed(server), accept=ATOM).body) <= 20_000_000


def test_bytes_are_counted_unpacked_and_the_last_one_counts(server: Server) -> None:
    with client(server) as asking:
        assert len(asking.fetch(feed(server), max_bytes=len(FEED.body)).body) == len(FEED.body)
    with client(server) as asking, pytest.raises(NotNow, match=f"more than {len(FEED.body) - 1:,}"):
        asking.fetch(feed(server), max_bytes=len(FEED.body) - 1)


def test_gzip_in_several_parts_is_one_body(server: Server) -> None:
    parts = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")
    server.routes["/parts"] = Reply(parts, headers={"Content-Encoding": "gzip"})
    with client(server) as asking:
        assert asking.fetch(f"{server.address}/parts").body == b"one two"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=200))
def test_any_bytes_said_to_be_gzip_are_refused_or_unpacked(server: Server, junk: bytes) -> None:
    server.routes["/junk"] = Reply(junk, headers={"Content-Encoding": "gzip", "ETag": ""})
    with client(server) as asking:
        came = outcome(asking, f"{server.address}/junk")
    assert isinstance(came, Fetched) or "gzip" in str(came)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=120) | st.binary(max_size=80).map(lambda rest: b"HTTP/1.1 200 OK\r\n" + rest))
def test_any_bytes_for_an_answer_end_in_one_of_three_ways(server: Server, junk: bytes) -> None:
    def says(wire: Any, good: Reply) -> None:
        wire.wfile.write(junk)
        wire.hang_up()

    server.fail(says)
    with client(server, limits=Limits(tries=1)) as asking:
        came = outcome(asking, feed(server))
    assert isinstance(came, Fetched) or str(came).isprintable()


def test_answer_that_nothing_is_there_keeps_its_explanation(server: Server) -> None:
    server.routes["/explained"] = Reply(b"<summary>incorrect id</summary>" * 100, 400, "application/atom+xml")
    with client(server) as asking, pytest.raises(NotThere) as caught:
        asking.fetch(f"{server.address}/explained")
    assert caught.value.status == 400
    assert caught.value.body.startswith(b"<summary>incorrect id")


@pytest.mark.parametrize(
    ("accept", "content_type", "taken"),
    [
        ("*/*", "text/html", True),
        ("*/*", "image/png", True),
        (ATOM, "text/xml; charset=utf-8", True),
        (ATOM, "application/rss+xml", True),
        (ATOM, "text/plain", True),
        (ATOM, "", True),
        (ATOM, "TEXT/HTML", False),
        (ATOM, "application/xhtml+xml", False),
        (ATOM, "application/json", False),
        (ATOM, "image/png", False),
        ("application/json", "application/problem+json", True),
        ("application/json", "text/html", False),
        ("application/rss+xml, text/html;q=0.1", "text/html; charset=utf-8", True),
    ],
)
def test_type_of_an_answer_is_of_the_family_asked_for(
    server: Server, accept: str, content_type: str, *, taken: bool
) -> None:
    server.routes["/typed"] = Reply(b"body", content_type=content_type)
    with client(server) as asking:
        if taken:
            assert asking.fetch(f"{server.address}/typed", accept=accept).body == b"body"
        else:
            with pytest.raises(NotNow, match="it answered with"):
                asking.fetch(f"{server.address}/typed", accept=accept)


# Redirects ------------------------------------------------------------------------------------------------------------


def test_redirect_within_the_server_is_followed(server: Server) -> None:
    server.routes["/moved"] = Reply(b"", 301, headers={"Location": "/feed?b=2&a=1"})
    with client(server) as asking:
        fetched = asking.fetch(f"{server.address}/moved", headers={"X-Api-Key": "abc"})
    assert (fetched.body, fetched.url) == (FEED.body, f"{server.address}/feed?b=2&a=1")
    assert [asked.headers.get("x-api-key") for asked in server.log] == ["abc", "abc"]


def test_redirect_from_one_server_on_this_machine_to_another_is_refused(server: Server) -> None:
    with replaying({}) as other:
        server.routes["/moved"] = Reply(b"", 301, headers={"Location": f"{other.address}/"})
        own = [server.address, other.address]
        with client(server, own=own) as asking, pytest.raises(NotNow, match="only https addresses are asked"):
            asking.fetch(f"{server.address}/moved")
        assert other.log == []


def test_what_is_posted_is_never_sent_elsewhere(server: Server) -> None:
    server.routes["/moved"] = Reply(b"", 307, headers={"Location": "/other"})
    with client(server) as asking, pytest.raises(NotNow, match="redirected"):
        asking.fetch(f"{server.address}/moved", json={"ids": ["ARXIV:2106.15928"]})
    (asked,) = server.log
    assert (asked.method, json.loads(asked.body)) == ("POST", {"ids": ["ARXIV:2106.15928"]})
    assert asked.headers["content-type"] == "application/json"


def test_this_machine_is_asked_only_where_the_configuration_names_it(server: Server) -> None:
    with client(server, own=[]) as asking, pytest.raises(NotNow, match="not asked: only https"):
        asking.fetch(feed(server))
    assert server.log == []


# https ----------------------------------------------------------------------------------------------------------------


Certificates = Callable[[str], ssl.SSLContext]
Names = Callable[..., list[str]]


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Certificates:
    """Give the context of a server whose certificate is for a name, from an authority that the client trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))

    def context(name: str) -> ssl.SSLContext:
        served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(served)
        return served

    return context


@pytest.fixture
def inside_is_public(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Have names lead to addresses of loopback, and loopback count as public: the only public network a test has."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def leads(**names: str) -> list[str]:
        def look_up(host: str, *args: Any, **options: Any) -> list[Any]:
            if host[0].isdigit():
                return real(host, *args, **options)
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (names[host.partition(".")[0]], 0))]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(hosts, "is_public", lambda address: True)
        return asked

    return leads


def test_certificate_is_checked_for_the_name_and_not_the_address(
    trusted: Certificates, inside_is_public: Names
) -> None:
    inside_is_public(papers="127.0.0.1", others="127.0.0.1")
    with replaying({"/": FEED}, tls=trusted("papers.example.org")) as server:
        port = server.address.rpartition(":")[2]
        with Client(user_agent()) as asking:
            assert asking.fetch(f"https://papers.example.org:{port}/").body == FEED.body
            assert server.log[0].headers["host"] == f"papers.example.org:{port}"
        with Client(user_agent(), limits=PATIENT) as asking, pytest.raises(NotNow, match="no safe connection"):
            asking.fetch(f"https://others.example.org:{port}/")


def test_certificate_of_a_stranger_is_refused(
    trusted: Certificates,
    inside_is_public: Names,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside_is_public(papers="127.0.0.1")
    with replaying({"/": FEED}, tls=trusted("papers.example.org"), strict=False) as server:
        port = server.address.rpartition(":")[2]
        monkeypatch.delenv("SSL_CERT_FILE")
        with Client(user_agent(), limits=PATIENT) as asking, pytest.raises(NotNow, match="no safe connection"):
            asking.fetch(f"https://papers.example.org:{port}/")
        assert server.log == []


def test_name_is_looked_up_once_and_what_was_checked_is_connected_to(
    trusted: Certificates, inside_is_public: Names
) -> None:
    asked = inside_is_public(papers="127.0.0.1")
    with replaying({"/": FEED, "/2": FEED}, tls=trusted("papers.example.org")) as server:
        port = server.address.rpartition(":")[2]
        with Client(user_agent(), pauses={"papers.example.org": 1.0}, wait=lambda seconds: None) as asking:
            asking.fetch(f"https://papers.example.org:{port}/")
            # From now on the name leads to where nobody listens.
            inside_is_public(papers="127.0.0.2")
            asking.fetch(f"https://papers.example.org:{port}/2")
    assert asked == ["papers.example.org"]


def test_another_host_does_not_get_to_know_a_key(trusted: Certificates, inside_is_public: Names) -> None:
    inside_is_public(papers="127.0.0.1", others="127.0.0.1")
    with replaying({"/": FEED}, tls=trusted("others.example.org")) as other:
        there = f"https://others.example.org:{other.address.rpartition(':')[2]}/"
        moved = {"/": Reply(b"", 302, headers={"Location": there})}
        with replaying(moved, tls=trusted("papers.example.org")) as server:
            with Client(user_agent()) as asking:
                here = f"https://papers.example.org:{server.address.rpartition(':')[2]}/"
                assert asking.fetch(here, headers={"X-Api-Key": "s3cr3t"}).url == there
            assert server.log[0].headers["x-api-key"] == "s3cr3t"
        assert "x-api-key" not in other.log[0].headers


def test_redirect_from_outside_to_a_server_of_the_configuration_is_refused(
    server: Server, trusted: Certificates, inside_is_public: Names
) -> None:
    moved = {"/": Reply(b"", 302, headers={"Location": feed(server)})}
    with replaying(moved, tls=trusted("papers.example.org")) as outside, client(server) as asking:
        asking.fetch(f"{server.address}/other")
        inside_is_public(papers="127.0.0.1")
        with pytest.raises(NotNow, match="only https addresses are asked"):
            asking.fetch(f"https://papers.example.org:{outside.address.rpartition(':')[2]}/")
    assert len(server.log) == 1


# What is stored -------------------------------------------------------------------------------------------------------


def test_second_run_asks_only_whether_something_changed(server: Server, tmp_path: Path) -> None:
    with client(server, tmp_path) as asking:
        first = asking.fetch(feed(server))
    with client(server, tmp_path) as asking:
        second = asking.fetch(feed(server))
        third = asking.fetch(feed(server))
    assert (first.unchanged, second.unchanged, second.body) == (False, True, first.body)
    assert third == second
    assert [asked.status for asked in server.log] == [200, 304]
    assert [(request.status, request.from_cache) for request in asking.log] == [(304, True)]
    server.routes["/feed?a=1&b=2"] = Reply(b"<feed>new</feed>")
    with client(server, tmp_path) as asking:
        assert asking.fetch(feed(server)).body == b"<feed>new</feed>"


def test_server_that_knows_answers_by_their_date_is_asked_by_it(server: Server, tmp_path: Path) -> None:
    when = "Thu, 11 Dec 2025 00:00:00 GMT"
    server.routes["/dated"] = Reply(b"dated", headers={"ETag": "", "Last-Modified": when})
    for _ in range(2):
        with client(server, tmp_path) as asking:
            asking.fetch(f"{server.address}/dated")
    assert [asked.headers.get("if-modified-since") for asked in server.log] == [None, when]


def test_304_that_nobody_asked_for_is_no_answer(server: Server) -> None:
    server.fail(status(304, b""))
    with client(server) as asking, pytest.raises(NotNow, match="HTTP 304"):
        asking.fetch(feed(server))


def test_stored_answers_may_be_deleted_while_a_run_goes_on(server: Server, tmp_path: Path) -> None:
    with client(server, tmp_path / "cache") as asking:
        asking.fetch(feed(server))
        for path in (tmp_path / "cache").iterdir():
            path.unlink()
        (tmp_path / "cache").rmdir()
        assert asking.fetch(feed(server)).body == FEED.body


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), junk=st.binary(max_size=20), cut=st.booleans())
def test_damaged_answer_is_none(tmp_path: Path, place: int, junk: bytes, *, cut: bool) -> None:
    store, answer = Store(tmp_path), Stored("https://example.org/", b"body" * 50, "text/plain", '"1"', "a day")
    store.put("key", answer)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    place %= len(whole)
    path.write_bytes(whole[:place] + junk + (b"" if cut else whole[place + len(junk) :]))
    found = store.get("key")
    assert found is None or found.body == answer.body
    assert store.get("other key") is None


def test_stored_answers_are_bounded_and_the_last_used_stay(tmp_path: Path) -> None:
    store = Store(tmp_path, max_bytes=10_000)
    for number in range(50):
        store.put(str(number), Stored("https://example.org/", bytes([number]) * 900, "text/plain"))
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 10_000
        # Clocks of file systems are coarse.
        for path in tmp_path.iterdir():
            os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns - 10**9))
        if number:
            assert store.get("0") is not None
    assert [number for number in range(50) if store.get(str(number))][-1] == 49


# Keys -----------------------------------------------------------------------------------------------------------------


def test_key_is_sent_and_found_nowhere_else(server: Server, tmp_path: Path) -> None:
    time, told = Time(), list[str]()
    server.routes["/works?api_key=s3cr3t"] = Reply(b"works")
    server.routes["/moved?api_key=s3cr3t"] = Reply(b"", 302, headers={"Location": "/works?api_key=s3cr3t"})
    asks = ["/works?api_key=s3cr3t", "/moved?api_key=s3cr3t", "/nothing?api_key=s3cr3t"]
    seen: list[object] = [told]
    watched: dict[str, Any] = {"told": told.append, "clock": time.clock, "wait": time.wait}
    with client(server, tmp_path, limits=Limits(), **watched) as asking:
        seen += [outcome(asking, server.address + ask, headers={"X-Api-Key": "s3cr3t"}) for ask in asks]
        server.fail(status(503))
        with pytest.raises(NotNow) as caught:
            asking.fetch(f"{server.address}/other?api_key=s3cr3t")
        seen += [caught.value, str(caught.value), asking.log]
    assert "s3cr3t" in server.log[0].target
    assert "s3cr3t" not in repr(seen)
    assert len(told) == 2
    kept = [path.name.encode() + path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not [each for each in kept if b"s3cr3t" in each]


def test_key_that_cannot_be_sent_is_not_shown(server: Server) -> None:
    with client(server) as asking, pytest.raises(NotNow) as caught:
        asking.fetch(feed(server), headers={"X-Api-Key": "s3cr3t\r\nHost: elsewhere"})
    assert "s3cr3t" not in str(caught.value)
    assert "cannot be sent" in caught.value.reason
    assert server.log == []


def test_warnings_of_the_library_with_addresses_go_nowhere(
    server: Server, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    def odd(wire: Any, good: Reply) -> None:
        wire.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nbroken header\r\n: \r\n\r\nok")

    server.fail(odd)
    with client(server, limits=Limits(tries=1)) as asking:
        assert "s3cr3t" not in repr(outcome(asking, f"{server.address}/other?api_key=s3cr3t"))
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_only_the_client_and_its_parts_speak_http() -> None:
    speak = {"urllib3", "requests", "http.client", "urllib.request", "socket", "ssl"}
    folder = Path(__file__).parent.parent / "generator"
    found = {path.name for path in folder.rglob("*.py") if not speak.isdisjoint(imports(path))}
    assert found == {"client.py", "exchange.py", "hosts.py", "mail.py"}  # the last one speaks SMTP


def test_fault_server_fails_a_test_that_leaves_a_recording_unasked() -> None:
    with pytest.raises(AssertionError, match="never asked"), replaying({"/a": FEED}):
        pass
    with pytest.raises(AssertionError, match="in no table"), replaying({}) as server, client(server) as asking:
        assert isinstance(outcome(asking, f"{server.address}/b"), NotThere)


def test_fault_strikes_at_the_request_it_is_meant_for(server: Server) -> None:
    server.fail(spoilt(b"spoilt"), at=2, lasting=False)
    with client(server) as asking:
        bodies = [asking.fetch(f"{server.address}/other", json=number).body for number in range(3)]
    assert bodies == [b"other", b"spoilt", b"other"]
