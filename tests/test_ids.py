"""Every way to write a paper's id leads to one canonical form, which goes to an address and back."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import ids

RECORDED = Path(os.environ.get("DIGEST_RECORDED") or Path(__file__).parents[1] / "../shared/data")

CASES = [
    ("2503.16525", "arxiv:2503.16525"),
    ("2503.16520", "arxiv:2503.16520"),
    (" 2503.16525v3 ", "arxiv:2503.16525"),
    ("arXiv:2503.16525", "arxiv:2503.16525"),
    ("ARXIV: 0704.0001v2", "arxiv:0704.0001"),
    ("1412.9999", "arxiv:1412.9999"),
    ("math/0309136", "arxiv:math/0309136"),
    ("math.GT/0309136v1", "arxiv:math/0309136"),
    ("HEP-PH/9306273", "arxiv:hep-ph/9306273"),
    ("cond-mat.mes-hall/0703001", "arxiv:cond-mat/0703001"),
    ("https://arxiv.org/abs/2503.16525v1", "arxiv:2503.16525"),
    ("http://www.arxiv.org/pdf/2503.16525.pdf", "arxiv:2503.16525"),
    ("https://export.arxiv.org/abs/math.GT/0309136?context=x#y", "arxiv:math/0309136"),
    ("arxiv.org/html/2503.16525v2", "arxiv:2503.16525"),
    ("https://ar5iv.labs.arxiv.org/html/2503.16525", "arxiv:2503.16525"),
    ("https://ar5iv.org/abs/2503.16525", "arxiv:2503.16525"),
    ("https://www.alphaxiv.org/abs/2503.16525", "arxiv:2503.16525"),
    ("https://huggingface.co/papers/2503.16525", "arxiv:2503.16525"),
    ("10.1145/3600006.3613165", "doi:10.1145/3600006.3613165"),
    ("doi:10.1145/ABC.,;", "doi:10.1145/abc"),
    ("DOI: 10.1145/ABC", "doi:10.1145/abc"),
    ("https://doi.org/10.1002/X(2001)41:4%3C315::AID%3E3.0.CO;2-Z", "doi:10.1002/x(2001)41:4<315::aid>3.0.co;2-z"),
    ("http://dx.doi.org/10.1145/3600006.3613165", "doi:10.1145/3600006.3613165"),
    ("doi.org/10.1145/3600006.3613165", "doi:10.1145/3600006.3613165"),
    ("10.48550/arXiv.2503.16525", "arxiv:2503.16525"),
    ("https://doi.org/10.48550/arXiv.math/0309136", "arxiv:math/0309136"),
    ("https://aclanthology.org/2020.acl-main.1/", "url:aclanthology.org/2020.acl-main.1"),
    ("https://Example.ORG/Some/Path_x?Q=1#frag", "url:example.org/Some/Path_x?Q=1"),
    ("https://arxiv.org/list/cs.CL/new", "url:arxiv.org/list/cs.CL/new"),
    ("https://example.org", "url:example.org"),
    ("https://bücher.example/x", "url:xn--bcher-kva.example/x"),
    ("https://example.org:8000/é x".replace(" ", "%20"), "url:example.org:8000/%C3%A9%20x"),
]


@pytest.mark.parametrize(("written", "canonical"), CASES)
def test_id_is_read_from_what_people_write(written: str, canonical: str) -> None:
    assert ids.parse_id(written) == canonical
    assert ids.parse_id(canonical) == canonical


@pytest.mark.parametrize(
    "value",
    [
        "", " ", "x", "2503", "2503.1652", "1412.99999", "0703.0001", "2513.00001", "2500.00001", "2503.165251",
        "nosuch/0309136", "math/0313136", "math/0704001", "math/309136", "arxiv:", "doi:", "doi:11.1/x", "10.1145/",
        "url:", "url:/x", "https://", "https://user@example.org/x", "https://arxiv.org/abs/2503.1652", "https://doi.org/x",
        "https://huggingface.co/papers/25", "10.48550/arxiv.nothing", "2503.16525 2503.16526", "https://[::1/",
        "javascript:x", "2503.16525\x00", "doi:10.1/x\ud800", "\uff12503.16525",
    ],
)  # fmt: skip
def test_what_is_no_id_is_refused_with_its_value(value: str) -> None:
    with pytest.raises(ids.IdError) as caught:
        ids.parse_id(value)
    message = str(caught.value)
    assert "; write an arXiv id" in message
    assert caught.value.value == value
    assert message.isprintable()
    assert isinstance(caught.value, ValueError)


def test_arxiv_id_keeps_trailing_zero() -> None:
    assert ids.parse_id("2401.10020") == "arxiv:2401.10020"


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("2503.16525v3", 3), ("2503.16525", None), ("arXiv:math.GT/0309136v12", 12), ("10.1145/xv2", None), ("", None),
        ("http://arxiv.org/abs/2503.16525v2", 2), ("https://arxiv.org/pdf/2503.16525v4.pdf", 4),
        ("10.48550/arXiv.2503.16525v5", 5),
        ("https://[::1/v2", None),
    ],
)  # fmt: skip
def test_arxiv_version(written: str, version: int | None) -> None:
    assert ids.arxiv_version(written) == version


@pytest.mark.parametrize(
    ("field", "dois"),
    [
        (
            "10.1103/PhysRevC.49.R1771 10.1103/PhysRevC.51.2844",
            ("10.1103/physrevc.49.r1771", "10.1103/physrevc.51.2844"),
        ),
        ("10.1515/dma-2015-0004, 10.4213/dm1294", ("10.1515/dma-2015-0004", "10.4213/dm1294")),
        ("10.1515/a,10.4213/b;doi:10.4213/B", ("10.1515/a", "10.4213/b")),
        ("10.1016/j.optlaseng.2011.04.016 |", ("10.1016/j.optlaseng.2011.04.016",)),
        ("10.14569/IJACSA.2013.041222#", ("10.14569/ijacsa.2013.041222",)),
        ("10.1109/TSTE.2018.2873710,", ("10.1109/tste.2018.2873710",)),
        (
            "10.1002/1521-3986(200107)41:4<315::AID-CTPP315>3.0.CO;2-Z",
            ("10.1002/1521-3986(200107)41:4<315::aid-ctpp315>3.0.co;2-z",),
        ),
        ("https://doi.org/10.1/x (10.1145/y)", ()),
        ("https://doi.org/10.1145/%3Cy%3E", ("10.1145/<y>",)),
        ("10.1145/y)", ("10.1145/y",)),
        ("none", ()),
        ("", ()),
    ],
)
def test_dois_of_a_field(field: str, dois: tuple[str, ...]) -> None:
    assert ids.parse_dois(field) == dois


@pytest.mark.parametrize(
    ("paper_id", "address"),
    [
        ("arxiv:2503.16525", "2503.16525"),
        ("arxiv:math/0211159", "math-0211159"),
        ("arxiv:hep-ph/9306273", "hep-ph-9306273"),
        ("doi:10.1145/3600006.3613165", "doi-10.1145-3600006.3613165"),
        ("doi:10.1002/x(1)4:<a>/b_c-d;~%", "doi-10.1002-x~281~294~3a~3ca~3e~2fb_c-d~3b~7e~25"),
        ("doi:10.1000/é", "doi-10.1000-~c3~a9"),
        ("url:aclanthology.org/2020.acl-main.1", "url-aclanthology.org_2020.acl-main.1"),
        ("url:example.org/A_b?q=1", "url-example.org_~41~5fb~3fq~3d1"),
        ("url:example.org/x.", "url-example.org_x~2e"),
        ("url:example.org", "url-example.org"),
    ],
)
def test_address_and_id_are_inverses(paper_id: str, address: str) -> None:
    assert ids.build_address(paper_id) == address
    assert ids.parse_address(address) == paper_id


NEW = st.builds(
    lambda year, month, number: f"{year:02}{month:02}.{number:05}",
    st.integers(15, 99),
    st.integers(1, 12),
    st.integers(0, 99999),
)
OLD = st.builds(
    lambda archive, year, month, number: f"{archive}/{year:02}{month:02}{number:03}",
    st.sampled_from(["math", "hep-ph", "cs", "q-bio", "math-ph"]),
    st.integers(91, 99), st.integers(1, 12), st.integers(0, 999),
)  # fmt: skip
PRINTABLE = st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable() and " " not in text)
WRITTEN = st.one_of(
    NEW, OLD, PRINTABLE.map("10.1234.5/".__add__), PRINTABLE.map("https://example.org/".__add__), st.text(max_size=300)
)


@given(WRITTEN)
def test_anything_is_an_id_or_an_id_error(written: str) -> None:
    try:
        paper_id = ids.parse_id(written)
    except ids.IdError:
        return
    assert ids.parse_id(paper_id) == paper_id
    assert ids.arxiv_version(paper_id) is None
    address = ids.build_address(paper_id)
    assert re.fullmatch(r"[a-z0-9._~-]{1,180}", address)
    assert not address.endswith(".")
    if "~~" not in address:
        assert ids.parse_address(address) == paper_id
    for link in ids.links_of(paper_id).values():
        assert re.fullmatch(r"https://[^\s\"'<>`{}\\]+", link)


@given(WRITTEN)
def test_an_id_can_end_a_uri_and_is_read_back(written: str) -> None:
    with suppress(ids.IdError):
        paper = ids.parse_id(written)
        part = ids.uri_part(paper)
        assert re.fullmatch(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+", part)
        assert ids.from_uri_part(part) == paper


@given(st.text())
def test_an_id_error_can_be_printed(value: str) -> None:
    message = str(ids.IdError(value, "not a paper id"))
    assert message.isprintable()
    assert len(message) < 1200


@given(st.text(), st.sampled_from(["", "doi-10.1234-", "url-example.org_", "math-"]))
def test_anything_is_an_address_or_an_id_error(tail: str, prefix: str) -> None:
    try:
        paper_id = ids.parse_address(prefix + tail)
    except ids.IdError:
        return
    assert ids.build_address(paper_id) == prefix + tail


@given(st.text())
def test_dois_of_anything_are_ids(field: str) -> None:
    for doi in ids.parse_dois(f"10.1234/{field}"):
        assert ids.parse_id(doi) == f"doi:{doi}"


def test_long_ids_are_cut_and_stay_apart() -> None:
    first, second = (ids.build_address(f"doi:10.1234/{'x' * 300}{end}") for end in "ab")
    assert first != second
    assert len(first) == len(second) == 180
    with pytest.raises(ids.IdError):
        ids.parse_address(first)


def test_links_lead_to_the_paper() -> None:
    assert ids.links_of("arxiv:math/0211159") == {
        "arXiv": "https://arxiv.org/abs/math/0211159", "PDF": "https://arxiv.org/pdf/math/0211159",
    }  # fmt: skip
    assert ids.links_of("doi:10.1002/a<b>#c%") == {"DOI": "https://doi.org/10.1002/a%3Cb%3E%23c%25"}
    assert ids.links_of("url:example.org/a?b=c") == {"Page": "https://example.org/a?b=c"}


@pytest.mark.skipif(not (RECORDED / "oddities.jsonl").exists(), reason="no recorded data: set DIGEST_RECORDED")
def test_recorded_ids_all_have_addresses_of_their_own() -> None:
    known: set[str] = set()
    for line in (RECORDED / "oddities.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)["record"]
        known.add(ids.parse_id(record.get("arxiv_id") or f"https://aclanthology.org/{record['id']}/"))
        known.update(f"doi:{doi}" for doi in ids.parse_dois(record.get("doi") or ""))
    addresses = {ids.build_address(paper_id).lower() for paper_id in known}
    assert len(addresses) == len(known) > 200
    assert {ids.parse_address(address) for address in addresses} == known
