"""One request and its answer, within bounds of time and size; what an answer means is left to ``client``.

Uses urllib3's connections without its pools, retries and redirects: each of those would decide something here.
"""

import http.client
import logging
import socket
import ssl
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Timer

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProtocolError, ReadTimeoutError
from urllib3.exceptions import SSLError as TlsError
from urllib3.response import HTTPResponse
from urllib3.util import Url

_CHUNK = 1 << 16
_EXPLANATION = 20_000
"""Bytes of an answer that is none: enough for the reason."""

# Its warnings hold addresses with their keys.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class BrokenOffError(Exception):
    """No whole answer came; the message says why. To ask once more may help."""


class TooMuchError(Exception):
    """The answer is none that can be used, whoever asks again: too large, in an encoding nobody asked for."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, whole."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """Decompressed; of an answer that is none (300 and above) what could be had of it."""


@dataclass(slots=True)
class Line:
    """An open connection to one server, used for one request after the other."""

    url: Url
    addresses: list[str]
    """What to connect to, in turn, and nothing else."""
    connect: float
    read: float
    tls: ssl.SSLContext
    _open: HTTPConnection | None = None

    def close(self) -> None:
        """Hang up."""
        if self._open:
            self._open.close()
            self._open = None

    def ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None, most: int, seconds: float
    ) -> Response:
        """Send a request and read its answer; a connection that went stale in between is made anew.

        Args:
            method: ``GET`` or ``POST``.
            target: path and query.
            headers: besides those that every request has.
            body: what to send.
            most: bytes of the decompressed answer.
            seconds: for all of it.

        Raises: BrokenOffError; TooMuchError.
        """
        if seconds <= 0:
            raise BrokenOffError("no time was left for an answer")
        with _explained(f"no whole answer within {seconds:.3g} s") as over, self._deadline(seconds, over):
            if self._open is None or not self._open.is_connected:
                self.close()
                self._open = self._connect(over)
                if over.is_set():
                    raise TimeoutError
            answer = self._send(self._open, method, target, headers, body)
            with closing(answer):
                response = _read(answer, most)
            if over.is_set():
                raise TimeoutError
        if response.status >= 300:
            # Its body may not have been read to the end.
            self.close()
        return response

    def _connect(self, over: Event) -> HTTPConnection:
        for last, address in enumerate(self.addresses, 1 - len(self.addresses)):
            connection = self._connection(address)
            try:
                connection.connect()
            except (HTTPError, OSError) as error:
                connection.close()
                if last == 0 or over.is_set() or isinstance(error, TlsError | ssl.SSLError):
                    raise
            else:
                return connection
        raise BrokenOffError("there is no address to connect to")

    def _connection(self, address: str) -> HTTPConnection:
        if self.url.scheme == "http":
            return HTTPConnection(address, self.url.port or 80, timeout=self.connect)
        name = (self.url.host or "").strip("[]")
        return HTTPSConnection(
            address, self.url.port or 443, timeout=self.connect, server_hostname=name, ssl_context=self.tls
        )

    def _send(
        self, connection: HTTPConnection, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> HTTPResponse:
        connection.timeout = self.read
        connection.request(
            method,
            target,
            body,
            {"Host": self.url.netloc or "", "Accept-Encoding": "gzip", **headers},
            preload_content=False,
            decode_content=False,
        )
        return connection.getresponse()

    @contextmanager
    def _deadline(self, seconds: float, over: Event) -> Iterator[None]:
        """Break the connection off when the time is over: a limit for each read stops nobody who sends byte by byte."""

        def break_off() -> None:
            over.set()
            sock = self._open.sock if self._open else None
            if isinstance(sock, socket.socket):
                with suppress(OSError):
                    # Not TLS's own, which changes what the reading thread is using.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

        timer = Timer(seconds, break_off)
        timer.daemon = True
        timer.start()
        try:
            yield
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()


@contextmanager
def _explained(late: str) -> Iterator[Event]:
    """Turn what connections raise into one kind of error with a reason that a person understands."""
    over = Event()
    try:
        yield over
    except (HTTPError, OSError, http.client.HTTPException, ValueError) as error:
        raise BrokenOffError(late if over.is_set() else _reason(error)) from None


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectTimeoutError):
        return "no connection within the time for it"
    if isinstance(error, NewConnectionError):
        return "no connection: the server refused it or cannot be reached"
    if isinstance(error, TlsError | ssl.SSLError):
        return f"no safe connection: {_printable(error)}"
    if isinstance(error, ReadTimeoutError | TimeoutError):
        return "it stalled: nothing came within the time for an answer"
    if isinstance(error, ProtocolError) and ("prematurely" in str(error) or "IncompleteRead" in str(error)):
        return "the answer was cut off"
    if isinstance(error, http.client.RemoteDisconnected | ConnectionError):
        return "the server hung up without an answer"
    if isinstance(error, ValueError):
        # What cannot be sent may be a key.
        return "the request cannot be sent as it is"
    return f"the answer was broken off: {_printable(error) or type(error).__name__}"


def _printable(error: Exception) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(error)[:200]).split())


def _read(response: HTTPResponse, most: int) -> Response:
    """Read an answer to its end, counting what it is unpacked.

    Raises: TooMuchError, and whatever a connection raises; neither for the body of an answer that is none.
    """
    headers = {name.lower(): value for name, value in response.headers.items()}
    body = bytearray()
    if response.status >= 300:
        with suppress(HTTPError, OSError, http.client.HTTPException, ValueError, BrokenOffError, TooMuchError):
            _collect(response, headers, body, _EXPLANATION)
    else:
        _collect(response, headers, body, most)
    return Response(response.status, headers, bytes(body))


def _collect(response: HTTPResponse, headers: Mapping[str, str], body: bytearray, most: int) -> None:
    encoding = headers.get("content-encoding", "").strip().lower() or "identity"
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise TooMuchError(f"the answer comes in the encoding {encoding[:40]!r}, which was not asked for")
    if (length := headers.get("content-length", "")).isdigit() and int(length) > most:
        raise TooMuchError(f"the answer has {int(length):,} bytes, more than {most:,}")
    pieces = response.stream(_CHUNK, decode_content=False)
    for piece in pieces if encoding == "identity" else _unpacked(pieces):
        if len(body) + len(piece) > most:
            raise TooMuchError(f"the answer has more than {most:,} bytes")
        body += piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip piece by piece, never more than a chunk at once: 300 kB may hold 300 MB."""
    unpacker = zlib.decompressobj(wbits=31)
    started = False
    for piece in pieces:
        while piece:
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            started = True
            try:
                yield unpacker.decompress(piece, _CHUNK)
            except zlib.error as error:
                raise TooMuchError(f"the answer is no gzip: {error}") from None
            piece = unpacker.unconsumed_tail or unpacker.unused_data
    if started and not unpacker.eof:
        raise BrokenOffError("the answer was cut off: its gzip has no end")
