"""Ids of papers: what people and sources write to one canonical form, and that to and from the last part of an address.

Slugs of names are left to ``text``, pages and their addresses to ``site``.
"""

import hashlib
import re
from urllib.parse import quote, unquote, urlsplit

from generator.errors import DigestError

# arXiv's identifier scheme: YYMM.NNNN from April 2007 to 2014, YYMM.NNNNN since 2015, archive[.SC]/YYMMNNN before.
_NEW = re.compile(
    r"(?P<id>(?P<year>[0-9]{2})(?P<month>0[1-9]|1[0-2])\.(?P<number>[0-9]{4,5}))(?:v(?P<version>[0-9]{1,4}))?"
)
_OLD = re.compile(
    r"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[a-z]{2,}(?:-[a-z]{2,})?)?/"
    r"(?P<number>(?P<year>[0-9]{2})(?:0[1-9]|1[0-2])[0-9]{3})(?:v(?P<version>[0-9]{1,4}))?"
)
_ARCHIVES = frozenset(
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat cs dg-ga"
    " funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex nucl-th patt-sol physics plasm-ph"
    " q-alg q-bio quant-ph solv-int supr-con".split()
)
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_DOI_BREAK = re.compile(r"\s+|[,;](?=(?:doi:|https?://)?10\.[0-9]{4})", re.IGNORECASE)
_ARXIV_DOI = "10.48550/arxiv."  # arXiv's own, registered with DataCite

_PREFIX = re.compile(r"^(arxiv:|doi:)\s+", re.IGNORECASE)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_KNOWN_HOST = re.compile(
    r"(?:[a-z]+\.)?(?:arxiv\.org|ar5iv\.org|alphaxiv\.org|doi\.org|huggingface\.co)/|ar5iv\.labs\.arxiv\.org/",
    re.IGNORECASE,
)
_ARXIV_HOST = re.compile(r"(?:[a-z0-9-]+\.)*(?:arxiv|ar5iv|alphaxiv)\.org")
_ARXIV_PATH = re.compile(r"/(?:abs|pdf|html|ps|format|src|e-print|overview)/(?P<id>.+?)(?:\.pdf)?/?", re.IGNORECASE)
_HUGGINGFACE_PATH = re.compile(r"/papers/(?P<id>[^/]+)/?")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?(?::[0-9]{1,5})?")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")

_ADDRESS_LENGTH = 180
"""Bytes of the last part of an address; file names end at 255, and exports add an ending."""
_CUT = "~~"  # no escape begins with a second tilde


class IdError(DigestError, ValueError):
    """A value that is no id of a paper."""

    def __init__(self, value: str, problem: str) -> None:
        self.value = value
        self.problem = problem
        super().__init__(value, problem)

    def __str__(self) -> str:
        shown = self.value if len(self.value) <= 80 else f"{self.value[:77]}..."
        return (
            f"{self.problem}: {ascii(shown) if not shown.isprintable() else repr(shown)}; "
            "write an arXiv id such as 2503.16525, a DOI such as doi:10.1145/3600006.3613165, "
            "or the paper's https address"
        )


def parse_id(text: str) -> str:
    """Read an arXiv id, a DOI or an address as the canonical id: ``arxiv:…``, ``doi:…`` or ``url:<host>/<path>``.

    Raises: IdError.
    """
    value = _PREFIX.sub(r"\1", text.strip())
    lower = value.lower()
    if not value:
        raise IdError(text, "an empty paper id")
    if not value.isprintable() or " " in value:
        raise IdError(text, "not a paper id")
    if lower.startswith("arxiv:"):
        return f"arxiv:{_arxiv(value[6:], text)[0]}"
    if lower.startswith("doi:"):
        return _doi_id(value[4:], text)
    if lower.startswith("url:"):
        return _address_id(f"https://{value[4:]}", text)
    if _SCHEME.match(value):
        return _address_id(value, text)
    if _KNOWN_HOST.match(value):
        return _address_id(f"https://{value}", text)
    if lower.startswith("10."):
        return _doi_id(value, text)
    return f"arxiv:{_arxiv(value, text)[0]}"


def arxiv_version(text: str) -> int | None:
    """Read the version that an arXiv id, address or DOI names; None where there is none."""
    value = text.strip()
    if _SCHEME.match(value) or _KNOWN_HOST.match(value):
        try:
            path = urlsplit(value if _SCHEME.match(value) else f"https://{value}").path
        except ValueError:
            return None
        found = _ARXIV_PATH.fullmatch(path) or _HUGGINGFACE_PATH.fullmatch(path)
        value = found["id"] if found else path.strip("/")
    value = re.sub(rf"^(?:arxiv:\s*|(?:doi:\s*)?{re.escape(_ARXIV_DOI)})", "", value, flags=re.IGNORECASE)
    try:
        return _arxiv(value, text)[1]
    except IdError:
        return None


def _arxiv(value: str, text: str) -> tuple[str, int | None]:
    lower = value.lower()
    if found := _NEW.fullmatch(lower):
        digits = 4 if "0704" <= found["id"][:4] <= "1412" else 5
        if len(found["number"]) != digits or found["id"][:4] < "0704":
            raise IdError(text, f"not an arXiv id ({digits} digits stand after the point of that month's ids)")
        paper = found["id"]
    elif found := _OLD.fullmatch(lower):
        if found["archive"] not in _ARCHIVES:
            raise IdError(text, f"not an arXiv id (there is no archive {found['archive']!r})")
        if "07" < found["year"] < "91" or "0703" < found["number"][:4] < "0800":
            raise IdError(text, "not an arXiv id (ids with an archive ended in March 2007)")
        paper = f"{found['archive']}/{found['number']}"
    else:
        raise IdError(text, "not a paper id")
    return paper, int(found["version"]) if found["version"] else None


def _clean_doi(value: str) -> str | None:
    doi = value.rstrip(",.;|#").lower()
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(",.;|#")
    return doi if _DOI.fullmatch(doi) and doi.isprintable() else None


def _doi_id(value: str, text: str) -> str:
    doi = _clean_doi(value)
    if doi is None:
        raise IdError(text, "not a DOI")
    if doi.startswith(_ARXIV_DOI):
        return f"arxiv:{_arxiv(doi.removeprefix(_ARXIV_DOI), text)[0]}"
    return f"doi:{doi}"


def parse_dois(text: str) -> tuple[str, ...]:
    """Read every DOI of a source's field, lower case, in order; what is none is left out."""
    found: dict[str, None] = {}
    for word in _DOI_BREAK.split(text):
        bare = re.sub(r"^(?:doi:|https?://(?:[a-z]+\.)?doi\.org/)", "", word, flags=re.IGNORECASE)
        if doi := _clean_doi(unquote(bare) if "doi.org/" in word.lower() else bare):
            found[doi] = None
    return tuple(found)


def _address_id(address: str, text: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.netloc.lower()
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except ValueError as error:
        raise IdError(text, "not an address") from error
    if not _HOST.fullmatch(host):
        raise IdError(text, "not an address of a paper (no usable host)")
    if host in ("doi.org", "dx.doi.org", "www.doi.org"):
        return _doi_id(unquote(parts.path[1:]), text)
    if _ARXIV_HOST.fullmatch(host) and (found := _ARXIV_PATH.fullmatch(parts.path)):
        return f"arxiv:{_arxiv(found['id'], text)[0]}"
    if host == "huggingface.co" and (found := _HUGGINGFACE_PATH.fullmatch(parts.path)) and found["id"][0].isdigit():
        return f"arxiv:{_arxiv(found['id'], text)[0]}"
    path = _quote(parts.path).rstrip("/")
    return f"url:{host}{path}" + (f"?{_quote(parts.query)}" if parts.query else "")


def uri_part(paper_id: str) -> str:
    """Write a canonical id so that it may end a URI: a DOI may hold ``<``, other ids are fit already."""
    return quote(paper_id, safe=_IN_URI) if paper_id.startswith("doi:") else paper_id


def from_uri_part(part: str) -> str:
    """Read what ``uri_part`` wrote; what strangers wrote in its place is theirs to have checked."""
    return unquote(part) if part.startswith("doi:") else part


_IN_URI = "/:@!$&'()*+,;=~-._?"  # RFC 3986, pchar and the two that may follow it


def _quote(part: str) -> str:
    return quote(_PERCENT.sub("%25", part), safe=f"%{_IN_URI}")


def build_address(paper_id: str) -> str:
    """Build the last part of a paper page's address from a canonical id; two ids never share one, whatever the case.

    Over 180 bytes it is cut and ends in ``~~`` and 16 digits of a hash: those alone cannot be read back.
    """
    kind, _, rest = paper_id.partition(":")
    if kind == "arxiv":
        return rest.replace("/", "-")
    if kind == "doi":
        prefix, _, suffix = rest.partition("/")
        address = f"doi-{prefix}-{_escape(suffix, '_-.')}"
    else:
        address = f"url-{'_'.join(_escape(part, '-.') for part in rest.split('/'))}"
    if address.endswith("."):
        address = f"{address[:-1]}~2e"
    if len(address) > _ADDRESS_LENGTH:
        digest = hashlib.sha256(paper_id.encode()).hexdigest()[:16]
        address = address[: _ADDRESS_LENGTH - len(_CUT) - 16] + _CUT + digest
    return address


def _escape(text: str, kept: str) -> str:
    return "".join(
        character
        if character.isascii() and (character.islower() or character.isdigit() or character in kept)
        else "".join(f"~{byte:02x}" for byte in character.encode())
        for character in text
    )


def _unescape(text: str) -> str:
    return unquote(text.replace("~", "%"), errors="strict")


def parse_address(address: str) -> str:
    """Read the last part of a paper page's address back as the canonical id.

    Raises: IdError, also for the cut ones of very long ids.
    """
    try:
        if address.startswith("doi-"):
            prefix, _, suffix = address[4:].partition("-")
            paper_id = f"doi:{prefix}/{_unescape(suffix)}"
        elif address.startswith("url-"):
            paper_id = f"url:{'/'.join(_unescape(part) for part in address[4:].split('_'))}"
        else:
            archive, hyphen, number = address.rpartition("-")
            paper_id = f"arxiv:{archive}/{number}" if hyphen else f"arxiv:{number}"
        if parse_id(paper_id) == paper_id and build_address(paper_id) == address:
            return paper_id
    except (UnicodeDecodeError, IdError):
        pass
    raise IdError(address, "not the address of a paper's page")


def links_of(paper_id: str) -> dict[str, str]:
    """Build the addresses, by label, under which a canonical id's paper is found."""
    kind, _, rest = paper_id.partition(":")
    if kind == "arxiv":
        return {"arXiv": f"https://arxiv.org/abs/{rest}", "PDF": f"https://arxiv.org/pdf/{rest}"}
    if kind == "doi":
        return {"DOI": f"https://doi.org/{quote(rest, safe='/:;().,_-')}"}
    return {"Page": f"https://{rest}".replace("'", "%27")}
