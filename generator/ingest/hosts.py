"""Decides which address of the network a host's name may lead to; connecting to it is left to ``exchange``.

The address that was checked is the one that is connected to: a name that is looked up again could lead elsewhere.
"""

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: networks without IPv4 reach it through these; the last four bytes are the real address."""
_MOST = 4
"""Addresses of one name that are tried."""


_SECRET = re.compile(r"([?&;](?:api[-_]?key|key|(?:access[-_]?)?token|secret|password)=)[^&;#]*", re.IGNORECASE)


class RefusedError(ValueError):
    """An address must not be asked; the message says why."""


class UnknownHostError(OSError):
    """A host's name leads nowhere now; the message says why."""


def redacted(address: str) -> str:
    """Take what opens doors out of an address, so that it may be shown: ``?api_key=…``."""
    return _SECRET.sub(r"\1…", address)


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
    return list(dict.fromkeys(answer))[:_MOST]


def is_public(address: str) -> bool:
    """Tell whether an address of the network is one that anybody may ask."""
    return all(each.is_global and not each.is_multicast for each in _with_embedded(ip_address(address)))


def _with_embedded(address: IPv4Address | IPv6Address) -> Iterable[IPv4Address | IPv6Address]:
    """Give an address, or the IPv4 addresses that it stands for or tunnels to."""
    if isinstance(address, IPv4Address):
        return [address]
    if address in _NAT64:
        return [IPv4Address(address.packed[-4:])]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    tunnelled = [address.sixtofour, *(address.teredo or ())]
    return [address, *(each for each in tunnelled if each)]
