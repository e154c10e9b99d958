"""Decides which address of the network a host's name may lead to; connecting to it is left to ``exchange``.

The address that was checked is the one that is connected to: a name that is looked up again could lead elsewhere.
"""

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import zip_longest
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import quote

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: networks without IPv4 reach it through these; the last four bytes are the real address."""
_UNICAST = IPv6Network("2000::/3")
"""All that IANA gives out of IPv6; what is special outside of it varies with the version of ``ipaddress``."""
_SPECIAL = tuple(
    map(ip_network, ["192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"])
)
"""IANA's registries of special-purpose addresses, where they disagree with some versions of ``ipaddress``, and
tunnels, which lead to any IPv4 address: https://www.iana.org/assignments/iana-ipv6-special-registry/
"""
_MOST = 4
"""Addresses of one name that are tried."""


_SECRET = re.compile(r"([?&;](?:api[-_]?key|key|(?:access[-_]?)?token|secret|password)=)[^&;#]*", re.IGNORECASE)


class RefusedError(ValueError):
    """An address must not be asked; the message says why."""


class UnknownHostError(OSError):
    """A host's name leads nowhere now; the message says why."""


def redacted(address: str) -> str:
    """Take what opens doors out of an address, and what moves a terminal, so that it may be shown: ``?api_key=…``."""
    shown = _SECRET.sub(r"\1…", address)
    return "".join(sign if sign.isprintable() else quote(sign, errors="replace") for sign in shown)


def origin(url: Url) -> str:
    """Name the server of an address, its port always written: ``https://example.org:443``."""
    return f"{url.scheme}://{url.host}:{url.port or (443 if url.scheme == 'https' else 80)}"


def origin_of(address: str) -> str | None:
    """Name the server of an address as it is written; None if it is no address of the web."""
    try:
        return origin(parse(address))
    except RefusedError:
        return None


def parse(address: str) -> Url:
    """Take an address apart.

    Raises: RefusedError for what is no address of the web.
    """
    try:
        url = parse_url(address)
    except LocationParseError:
        raise RefusedError("it is no address of the web") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise RefusedError("only https addresses are asked")
    if url.auth:
        raise RefusedError("it holds a user's name; take it out")
    return url._replace(fragment=None, path=url.path or "/")


def find(url: Url, own: frozenset[str], seconds: float) -> list[str]:
    """List the addresses of the network that may be connected to for ``url``.

    ``own`` holds origins that may stand on this machine, because the operator configured them.

    Raises: RefusedError if it is not https, or leads into a private network; UnknownHostError.
    """
    host = (url.host or "").strip("[]").partition("%")[0]
    if origin(url) in own:
        addresses = look_up(host, seconds)
        if all(ip_address(address).is_loopback for address in addresses):
            return addresses
    if url.scheme != "https":
        raise RefusedError("only https addresses are asked")
    addresses = look_up(host, seconds)
    if private := [address for address in addresses if not is_public(address)]:
        leads = "is" if private[0] == host else f"leads to {private[0]}, which is"
        raise RefusedError(f"{host} {leads} not on the public network")
    return addresses


def look_up(host: str, seconds: float) -> list[str]:
    """Look a name up, in its own thread: the system's call knows no time limit.

    Raises: UnknownHostError.
    """
    answers: SimpleQueue[list[str] | OSError | UnicodeError] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            answers.put([str(entry[4][0]).partition("%")[0] for entry in found])
        except (OSError, UnicodeError) as error:
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise UnknownHostError(f"the name {host} was not found within {seconds:g} s") from None
    if isinstance(answer, Exception) or not answer:
        why = getattr(answer, "strerror", None) or "no such name"
        raise UnknownHostError(f"the name {host} was not found: {str(why).lower()}")
    return _both_kinds_first(dict.fromkeys(answer))[:_MOST]


def _both_kinds_first(addresses: Iterable[str]) -> list[str]:
    """Put IPv4 and IPv6 in turn, beginning with the kind that the system prefers: one of them may lead nowhere."""
    kinds: dict[int, list[str]] = {}
    for address in addresses:
        kinds.setdefault(ip_address(address).version, []).append(address)
    return [address for some in zip_longest(*kinds.values()) for address in some if address]


def is_public(address: str) -> bool:
    """Tell whether an address of the network is one that anybody may ask."""
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        if found in _NAT64:
            found = IPv4Address(found.packed[-4:])
        elif found.ipv4_mapped:
            found = found.ipv4_mapped
        elif found not in _UNICAST:
            return False
    return found.is_global and not found.is_multicast and not any(found in network for network in _SPECIAL)
