"""What a server's answer means: an answer, a reason to try once more, or none for now; acting on it is left to
``client``.
"""

from collections.abc import Mapping
from http import HTTPStatus

from generator.ingest.courtesy import asked_to_wait
from generator.ingest.exchange import Response

REDIRECTS = frozenset([301, 302, 303, 307, 308])
NOT_THERE = frozenset([400, 404, 410])
HAD_ENOUGH = frozenset([406, 429, 503])
"""What a service says that wants to be left alone; 406 is arXiv's word at times, below its own limit."""

_NEVER_PASSING = frozenset([501, 505])
_RATE_EXCEEDED = b"rate exceeded"
"""arXiv sends it with status 200."""
_FAMILIES = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/json": "json",
    "text/json": "json",
}


class PassingError(Exception):
    """Trouble that may pass by itself."""

    def __init__(self, reason: str, status: int | None = None, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.seconds = seconds
        """What the server asks to wait; None: not said."""


class UselessError(Exception):
    """An answer that is none, and would be none again."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


def check(response: Response, accept: str) -> None:
    """Let an answer pass that can be used.

    Raises: PassingError; UselessError.
    """
    status = response.status
    if status in HAD_ENOUGH or status == HTTPStatus.REQUEST_TIMEOUT or (status >= 500 and status not in _NEVER_PASSING):
        raise PassingError(f"HTTP {status}{_phrase(status)}", status, asked_to_wait(response.headers))
    if status != HTTPStatus.OK:
        raise UselessError(f"HTTP {status}{_phrase(status)}", status)
    if response.body[:200].strip().lower().startswith(_RATE_EXCEEDED):
        # As if it had said 429.
        raise PassingError("HTTP 200 with 'Rate exceeded.'", 429, asked_to_wait(response.headers))
    kind = media_type(response.headers)
    if not _is_wanted(kind, accept):
        raise UselessError(f"it answered with {kind[:60]!r} where {accept[:60]!r} was asked for", status)


def media_type(headers: Mapping[str, str]) -> str:
    """Give the type of a body without its parameters: ``application/atom+xml``; empty if it is not said."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_wanted(kind: str, accept: str) -> bool:
    """Tell whether a type may be what was asked for: feeds come under many names, but never as a page or a picture.

    ``*/*`` beside other types does not count: some servers want it said.
    """
    wanted = {each.partition(";")[0].strip().lower() for each in accept.split(",")}
    if wanted == {"*/*"} or kind in wanted:
        return True
    family = _family(kind)
    if family is None:
        return kind.partition("/")[0] not in ("image", "audio", "video", "font")
    return family in {_family(each) for each in wanted}


def _family(kind: str) -> str | None:
    known = _FAMILIES.get(kind)
    if known is None and kind.endswith(("+xml", "+json")):
        return "xml" if kind.endswith("+xml") else "json"
    return known


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
