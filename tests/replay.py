"""A real server on loopback that plays a source: answers by a table, keeps a log, and fails when told to.

What can go wrong is listed in ``faults``.

    with replaying({"/api/query?id_list=1605.08386": Reply(body)}) as server:
        ... ask f"{server.address}/api/query?id_list=1605.08386" ...

At the end a recording that nobody asked for, and an address that is in no table, fail the test.
"""

import gzip
import hashlib
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/xml"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request, as it arrived."""

    method: str
    target: str
    """Path and query, the query's parameters sorted."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    began: float
    """Of ``time.monotonic``."""
    status: int | None = None
    """What was answered, as far as the server knows; None: something that is no answer."""

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


Route = Reply | Callable[[Asked], Reply]
"""A route that is made up reads the request; one whose key has no query takes every query."""


def canonical(target: str) -> str:
    """Sort the parameters of a query: their order says nothing."""
    parts = urlsplit(target)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return parts.path + (f"?{query}" if query else "")


class Server:
    """What a test sees of the server.

    Attributes:
        address: ``http://127.0.0.1:port``, without a slash at its end.
        log: every request, in order.

    """

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self.routes = {canonical(key): route for key, route in routes.items()}
        self.log: list[Asked] = []
        self.unknown: list[str] = []
        self.trapped: list[str] = []
        """Connections to a server on this machine that only a bad redirect leads to."""
        self.address = ""
        self.trap = ""
        """The address of that server."""
        self.over = Event()
        """Set when the test is over: whoever stalls stops."""
        self._trouble: tuple[int, Fault, bool] | None = None
        self._stricken: str | None = None
        self._hit: set[str] = set()
        self._lock = Lock()

    def fail(self, fault: "Fault", at: int = 1, *, lasting: bool = True) -> None:
        """Answer the request number ``at`` (from 1, counted from now) with a fault.

        Lasting: whenever its address is asked again, too; else only that once.
        """
        self._trouble = (len(self.log) + at, fault, lasting)
        self._stricken = None

    def recover(self) -> None:
        """Be well again."""
        self._trouble = self._stricken = None

    @property
    def struck(self) -> bool:
        """Whether the fault came to pass since ``fail``."""
        return self._stricken is not None

    @property
    def unasked(self) -> list[str]:
        """Recordings that nobody asked for."""
        return sorted(self.routes.keys() - self._hit)

    def find(self, asked: Asked) -> Reply:
        """Look an answer up."""
        for key in (asked.target, urlsplit(asked.target).path):
            if (route := self.routes.get(key)) is not None:
                self._hit.add(key)
                return route if isinstance(route, Reply) else route(asked)
        self.unknown.append(asked.target)
        return Reply(b"nothing here", 404, "text/plain")

    def take(self, asked: Asked) -> "tuple[int, Fault | None]":
        """Note a request; give its place in the log, and the fault that it meets."""
        with self._lock:
            self.log.append(asked)
            place = len(self.log) - 1
            if self._trouble is None:
                return place, None
            number, fault, lasting = self._trouble
            if len(self.log) == number:
                self._stricken = asked.target
                return place, fault
            return place, fault if lasting and asked.target == self._stricken else None


class Wire(BaseHTTPRequestHandler):
    """One connection to the server; faults write on it as they like."""

    protocol_version = "HTTP/1.1"
    # A client that does not hang up is not waited for.
    timeout = 120
    ours: Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, canonical(self.path), headers, body, time.monotonic())
        place, fault = self.ours.take(asked)
        if fault is None:
            self.reply(self.ours.find(asked), asked, place)
            return
        # What would have been answered, so that a fault may spoil it; it counts as asked only when it is answered.
        route = self.ours.routes.get(asked.target) or self.ours.routes.get(urlsplit(asked.target).path)
        good = route(asked) if callable(route) else route
        with suppress(ConnectionError):
            fault(self, good or Reply())

    def reply(self, reply: Reply, asked: Asked | None = None, place: int = 0) -> None:
        """Answer as a good server does: with an ETag, packed if the client takes that."""
        etag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
        same = reply.status == 200 and asked is not None and asked.headers.get("if-none-match") == etag
        if asked:
            self.ours.log[place] = replace(asked, status=304 if same else reply.status)
        if same:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        body, headers = reply.body, {"Content-Type": reply.content_type, **reply.headers}
        if reply.status == 200:
            headers = {"ETag": etag, **headers}
        if len(body) > 200 and asked and "gzip" in asked.headers.get("accept-encoding", ""):
            body, headers = gzip.compress(body, 1, mtime=0), {**headers, "Content-Encoding": "gzip"}
        self.head(reply.status, headers, len(body))
        self.wfile.write(body)

    def head(self, status: int, headers: Mapping[str, str], length: int | None) -> None:
        """Send what stands before a body; without a length the end of the connection is its end."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def hang_up(self) -> None:
        """Close the connection, whatever was promised."""
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

    def pause(self, seconds: float) -> bool:
        """Do nothing for a while; say whether the test is still on."""
        return not self.ours.over.wait(seconds)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Stay silent: the log is ``Server.log``."""


Fault = Callable[[Wire, Reply], None]
"""Does something wrong on a connection on which a reply was due."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a client that hangs up is what many tests are about."""


class _Trap(BaseHTTPRequestHandler):
    ours: Server

    def handle(self) -> None:
        self.ours.trapped.append(str(self.client_address))


@contextmanager
def replaying(
    routes: Mapping[str, Route], *, strict: bool = True, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """Serve a table on a free port of 127.0.0.1.

    Args:
        routes: path and query to the answer.
        strict: fail at the end when a recording was never asked, or an address was asked that is in no table.
        tls: speak https, with the certificate in it.

    """
    server = Server(routes)
    listener = _Listener(("127.0.0.1", 0), type("OurWire", (Wire,), {"ours": server}))
    trap = _Listener(("127.0.0.1", 0), type("OurTrap", (_Trap,), {"ours": server}))
    server.address = f"{'https' if tls else 'http'}://127.0.0.1:{listener.server_port}"
    if tls:
        # The handshake belongs to the connection's own thread, which a client that refuses it may end.
        listener.socket = tls.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
    server.trap = f"http://127.0.0.1:{trap.server_port}"
    threads = [
        Thread(target=each.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True) for each in (listener, trap)
    ]
    for thread in threads:
        thread.start()
    try:
        yield server
    finally:
        server.over.set()
        for each in (listener, trap):
            each.shutdown()
            each.server_close()
        for thread in threads:
            thread.join()
    assert not server.trapped, "a redirect led to another server on this machine"
    if strict:
        assert not server.unknown, f"asked, but in no table: {server.unknown}"
        assert not server.unasked, f"recorded, but never asked: {server.unasked}"


def recorded(folder: Path, content_type: str) -> dict[str, Reply]:
    """Read a folder of recorded answers whose ``index.json`` has file, address and status of each.

    Posted questions have no table: their body says what is asked.
    """
    routes: dict[str, Reply] = {}
    for entry in json.loads((folder / "index.json").read_text("utf-8")):
        if "url" in entry and entry.get("method", "GET") == "GET":
            parts = urlsplit(entry["url"])
            status = entry.get("status_code") or entry.get("status") or 200
            routes[f"{parts.path}?{parts.query}"] = Reply((folder / entry["file"]).read_bytes(), status, content_type)
    return routes
