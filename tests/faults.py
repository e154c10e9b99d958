"""Everything that was seen to go wrong between a source and us, to be played by ``replay``."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from tests.replay import Asked, Fault, Reply, Wire

ATOM = "application/atom+xml; charset=utf-8"


def says(reply: Reply) -> Fault:
    """Answer something else."""

    def fault(wire: Wire, good: Reply) -> None:
        wire.reply(reply)

    return fault


def status(code: int, body: bytes = b"not now", **headers: str) -> Fault:
    """Answer with a status; ``retry_after="30"`` is the header."""
    written = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return says(Reply(body, code, "text/plain", written))


def stalls(seconds: float) -> Fault:
    """Say nothing for a while, and then that there were too many requests, as arXiv does."""

    def fault(wire: Wire, good: Reply) -> None:
        if wire.pause(seconds):
            wire.reply(Reply(b"Rate exceeded.", 429, "text/plain"))
        wire.hang_up()

    return fault


def stalls_within(seconds: float) -> Fault:
    """Send half of an answer, then nothing for a while."""

    def fault(wire: Wire, good: Reply) -> None:
        wire.head(200, {"Content-Type": good.content_type}, len(good.body) + 2)
        wire.wfile.write(good.body[: len(good.body) // 2])
        wire.pause(seconds)
        wire.hang_up()

    return fault


def drips(seconds: float, every: float = 0.05) -> Fault:
    """Send an answer byte by byte, fast enough for every limit of a single read."""

    def fault(wire: Wire, good: Reply) -> None:
        wire.head(200, {"Content-Type": good.content_type}, 10_000_000)
        _drip(wire, b" ", seconds, every)

    return fault


def drips_headers(seconds: float, every: float = 0.05) -> Fault:
    """The same, but it never gets to the end of a header."""

    def fault(wire: Wire, good: Reply) -> None:
        wire.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        _drip(wire, b"x", seconds, every)

    return fault


def _drip(wire: Wire, byte: bytes, seconds: float, every: float) -> None:
    for _ in range(int(seconds / every)):
        if not wire.pause(every):
            break
        wire.wfile.write(byte)
        wire.wfile.flush()
    wire.hang_up()


def cut(wire: Wire, good: Reply) -> None:
    """Send half of what was promised."""
    wire.head(200, {"Content-Type": good.content_type}, len(good.body) + 2)
    wire.wfile.write(good.body[: len(good.body) // 2])
    wire.hang_up()


def cut_chunk(wire: Wire, good: Reply) -> None:
    """The same in chunks."""
    wire.head(200, {"Content-Type": good.content_type, "Transfer-Encoding": "chunked"}, None)
    half = good.body[: len(good.body) // 2] or b" "
    wire.wfile.write(b"%x\r\n%b\r\n" % (len(half), half))
    wire.hang_up()


def cut_gzip(wire: Wire, good: Reply) -> None:
    """The same packed, and without a length: only the packing knows that it has no end."""
    packer = zlib.compressobj(wbits=31)
    whole = packer.compress(good.body + b" " * 1000) + packer.flush()
    wire.head(200, {"Content-Type": good.content_type, "Content-Encoding": "gzip"}, None)
    wire.wfile.write(whole[: len(whole) - 9])
    wire.hang_up()


def hangs_up(wire: Wire, good: Reply) -> None:
    """Close the connection without a word."""
    wire.hang_up()


def mumbles(wire: Wire, good: Reply) -> None:
    """Answer in no protocol at all."""
    wire.wfile.write(b"\x00\x01 hello? ::error::\r\n\r\n")
    wire.hang_up()


def big(wire: Wire, good: Reply) -> None:
    """Send 60 MB, without saying so before."""
    wire.head(200, {"Content-Type": good.content_type, "Transfer-Encoding": "chunked"}, None)
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    for _ in range(60):
        wire.wfile.write(piece)
    wire.wfile.write(b"0\r\n\r\n")
    wire.hang_up()


def promises_much(wire: Wire, good: Reply) -> None:
    """Promise 60 MB."""
    wire.head(200, {"Content-Type": good.content_type}, 60_000_000)
    wire.pause(5)
    wire.hang_up()


def gzip_bomb(wire: Wire, good: Reply) -> None:
    """Send 291 kB that hold 300 MB."""
    packed = _bomb()
    wire.head(200, {"Content-Type": good.content_type, "Content-Encoding": "gzip"}, len(packed))
    wire.wfile.write(packed)


@cache
def _bomb() -> bytes:
    zeros, count = bytes(1_000_000), 300
    packer = zlib.compressobj(9, wbits=31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    # Flushed in full, a piece depends on nothing before it: the same bytes again are the same zeros again.
    piece = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    sum_ = 0
    for _ in range(count):
        sum_ = zlib.crc32(zeros, sum_)
    return head + piece * count + b"\x03\x00" + struct.pack("<II", sum_, len(zeros) * count)


def other_encoding(wire: Wire, good: Reply) -> None:
    """Send what is packed in a way that nobody asked for."""
    wire.head(200, {"Content-Type": good.content_type, "Content-Encoding": "br"}, 4)
    wire.wfile.write(b"\x0b\x01\x80a")


def redirects(target: str) -> Fault:
    """Lead elsewhere: ``{trap}`` is a server on this machine that notes who comes, ``{port}`` its port."""

    def fault(wire: Wire, good: Reply) -> None:
        trap = wire.ours.trap
        address = target.format(trap=trap, port=trap.rpartition(":")[2], own=wire.ours.address)
        wire.reply(Reply(b"", 302, "text/plain", {"Location": address}))

    return fault


def circles(wire: Wire, good: Reply) -> None:
    """Lead to where one is."""
    wire.reply(Reply(b"", 302, "text/plain", {"Location": wire.path}))


def wanders(wire: Wire, good: Reply) -> None:
    """Lead on and on, to another address every time."""
    wire.ours.routes["/away"] = _away
    wire.reply(Reply(b"", 302, "text/plain", {"Location": "/away?to=1"}))


def _away(asked: Asked) -> Reply:
    return Reply(b"", 302, "text/plain", {"Location": f"/away?to={int(asked.query['to']) + 1}"})


def spoilt(body: bytes) -> Fault:
    """Answer with another body under the right type."""

    def fault(wire: Wire, good: Reply) -> None:
        wire.reply(Reply(body, 200, good.content_type))

    return fault


NO_ENTRY = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
  <id>https://arxiv.org/api/invented</id><title>arXiv Query</title><updated>2025-12-11T00:00:00Z</updated>
  <opensearch:totalResults>%d</opensearch:totalResults><opensearch:startIndex>%d</opensearch:startIndex>
  <opensearch:itemsPerPage>100</opensearch:itemsPerPage>
</feed>
"""
_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a0 "lol">'
    + b"".join(b'<!ENTITY a%d "%b">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b']><feed xmlns="http://www.w3.org/2005/Atom"><title>&a9;</title></feed>'
)
# Hazard: without a match, the expressions that look for addresses of mail take seconds for 40 kB, and never end.
_SLOW = b"a" * 200_000
_SLOW_AUTHOR = (
    b'<rss version="2.0"><channel><title>t</title><link>https://example.org/</link><item><title>t</title>'
    b"<link>https://example.org/1</link><pubDate>Thu, 11 Dec 2025 00:00:00 GMT</pubDate><author>%b</author></item>"
    b"</channel></rss>" % _SLOW
)
_SLOW_CREATOR = (
    _SLOW_AUTHOR.replace(b'"2.0"', b'"2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"')
    .replace(b"<author>", b"<dc:creator>")
    .replace(b"</author>", b"</dc:creator>")
)

_CROWDED = b'<feed xmlns="http://www.w3.org/2005/Atom">' + b'<a b=""/>' * 2_000_000 + b"</feed>"
_SLOW_PAGE = b"<!doctype html><meta name=citation_title content='" + b"&a" * 1_000_000 + b"'>"

STALL = 3.0
"""Seconds, for clients whose limits are tenths of one; it stands for the 30 seconds of real sources."""

FAULTS: Mapping[str, Fault] = {
    "429": status(429),
    "429, wait a second": status(429, retry_after="1"),
    "429, wait an hour": status(429, retry_after="3600"),
    "429, wait until a day": status(
        429, date="Thu, 11 Dec 2025 00:00:00 GMT", retry_after="Thu, 11 Dec 2025 06:00:00 GMT"
    ),
    "406": status(406),
    "503": status(503),
    "500": status(500),
    "403": status(403),
    "stall": stalls(STALL),
    "stall within": stalls_within(STALL),
    "slow drip": drips(STALL),
    "slow drip of headers": drips_headers(STALL),
    "cut body": cut,
    "cut chunk": cut_chunk,
    "cut gzip": cut_gzip,
    "hang up": hangs_up,
    "no protocol": mumbles,
    "a page": says(Reply(b"<!doctype html><title>Sign in</title>", 200, "text/html; charset=utf-8")),
    "rate exceeded": says(Reply(b"Rate exceeded.", 200, "text/plain")),
    "rate exceeded, as the right type": spoilt(b"Rate exceeded."),
    "totalResults 0": says(Reply(NO_ENTRY % (0, 0), 200, ATOM)),
    "empty page": says(Reply(NO_ENTRY % (5000, 0), 200, ATOM)),
    "nothing": spoilt(b""),
    "gzip bomb": gzip_bomb,
    "60 MB": big,
    "60 MB promised": promises_much,
    "other encoding": other_encoding,
    "redirect to loopback": redirects("{trap}/"),
    "redirect to loopback over https": redirects("https://127.0.0.1:{port}/"),
    "redirect to loopback by name": redirects("https://localhost:{port}/"),
    "redirect to loopback, IPv6": redirects("https://[::1]:{port}/"),
    "redirect to loopback in IPv6": redirects("https://[::ffff:127.0.0.1]:{port}/"),
    "redirect to loopback as a number": redirects("https://2130706433:{port}/"),
    "redirect to private": redirects("https://10.0.0.1/"),
    "redirect to the cloud's own": redirects("http://169.254.169.254/latest/meta-data/"),
    "redirect to a file": redirects("file:///etc/passwd"),
    "redirect loop": circles,
    "redirects without end": wanders,
    "invalid XML": spoilt(b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</entry>'),
    "invalid JSON": spoilt(b'[{"paper": {"id": "2512.00001", "title": "a"'),
    "entity bomb": spoilt(_BOMB),
    "slow author": spoilt(_SLOW_AUTHOR),
    "slow creator": spoilt(_SLOW_CREATOR),
    "crowded XML": spoilt(_CROWDED),
    "slow page": spoilt(_SLOW_PAGE),
}
"""By a name that a test's id can be."""

VARIANTS = frozenset(
    [
        "429, wait a second",
        "429, wait until a day",
        "500",
        "403",
        "slow drip of headers",
        "cut chunk",
        "no protocol",
        "rate exceeded, as the right type",
        "60 MB promised",
        "other encoding",
        "redirect to loopback by name",
        "redirect to loopback, IPv6",
        "redirect to loopback in IPv6",
        "redirect to loopback as a number",
        "redirect to the cloud's own",
        "redirect to a file",
        "redirects without end",
    ]
)
"""What only the client can tell from another fault: tried with it, and not with every source."""


def every_third(cases: Sequence[tuple[str, ...]]) -> list[Any]:
    """Leave two of three cases to ``make test-full``: over many sources, each fault and each source keep some."""
    return [pytest.param(*case, marks=[pytest.mark.corpus] if number % 3 else []) for number, case in enumerate(cases)]
