"""How often a service may be asked: the pause between two requests, and whether it said that it had enough.

Waiting is left to ``client``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

PAUSES: Mapping[str, float] = {"arxiv.org": 3.0}
"""Seconds between two requests to a host and all its subdomains together.

arXiv's rule counts API, RSS and OAI together: https://info.arxiv.org/help/api/tou.html
"""
PAUSE = 1.0
"""Seconds between two requests to any other host."""

_RATE_LIMIT = re.compile(r"(?:^|;)\s*t=(\d{1,9})\s*(?:;|$)")


@dataclass(slots=True)
class Courtesy:
    """What one run owes to each service: a service is a host, or a domain that ``pauses`` names."""

    clock: Callable[[], float]
    """Seconds, from any start."""
    pauses: Mapping[str, float] = field(default_factory=dict)
    """More domains or hosts with their seconds. They lengthen a pause on the public network and never shorten it."""
    _free: dict[str, float] = field(default_factory=dict)
    _had_enough: dict[str, str] = field(default_factory=dict)

    def wait(self, host: str) -> float:
        """Say how many seconds to wait before asking a host."""
        return max(0.0, self._free.get(self.service(host), 0.0) - self.clock())

    def asked(self, host: str) -> None:
        """Count the pause of a host's service from now, the end of an answer."""
        self._free[self.service(host)] = self.clock() + self.pause(host)

    def had_enough(self, host: str, why: str) -> None:
        """Remember that a service does not want to be asked again in this run."""
        if self.pause(host):
            self._had_enough[self.service(host)] = why

    def refusal(self, host: str) -> str | None:
        """Say why a host's service is not to be asked again, if so."""
        return self._had_enough.get(self.service(host))

    def service(self, host: str) -> str:
        """Name whom a host belongs to: ``arxiv.org`` for ``export.arxiv.org``."""
        known = {**PAUSES, **self.pauses}
        return max((each for each in known if host == each or host.endswith(f".{each}")), key=len, default=host)

    def pause(self, host: str) -> float:
        """Say how many seconds lie between two requests to a host: none on this machine, unless ``pauses`` says so."""
        service = self.service(host)
        least = 0.0 if _is_here(host) else PAUSES.get(service, PAUSE)
        return max(least, self.pauses.get(service, least))


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Read how many seconds an answer asks to wait: ``Retry-After``, else the ``t`` of ``RateLimit``; None: not said.

    RFC 9110 10.2.3: seconds or a date, which is measured from the answer's own date; ``RateLimit``: an IETF draft that
    Hugging Face follows.
    """
    told = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", told):
        return float(told)
    if told:
        try:
            then, now = (parsedate_to_datetime(each) for each in (told, headers.get("date", "")))
            return max(0.0, (then.replace(tzinfo=UTC) - now.replace(tzinfo=UTC)).total_seconds())
        except (ValueError, TypeError, OverflowError):
            return None
    found = _RATE_LIMIT.search(headers.get("ratelimit", ""))
    return float(found[1]) if found else None


def _is_here(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
