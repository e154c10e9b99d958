"""Where the client may go: the public network over https, and nowhere else."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.ingest import hosts

NOWHERE: frozenset[str] = frozenset()


@pytest.mark.parametrize("address", ["8.8.8.8", "151.101.3.42", "2a04:4e42::675", "64:ff9b::808:808"])
def test_public_address_may_be_asked(address: str) -> None:
    assert hosts.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1",
        "169.254.169.254", "198.18.0.1", "192.0.2.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "ff0e::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1",
        "64:ff9b:1::1", "192.0.0.8", "2001::1", "2002:808:808::1", "3fff::1", "100::1", "5f00::1",
    ],
)  # fmt: skip
def test_address_inside_a_network_may_not(address: str) -> None:
    assert not hosts.is_public(address)


@given(st.ip_addresses(v=4))
def test_ipv4_address_is_no_more_public_inside_an_ipv6_one(address: IPv4Address) -> None:
    inside = IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)
    translated = IPv6Address(ip_address("64:ff9b::").packed[:12] + address.packed)
    assert hosts.is_public(str(inside)) == hosts.is_public(str(translated)) == hosts.is_public(str(address))


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "javascript:alert(1)", "data:,x", "",
        "example.org/paper", "//example.org/", "https://", "https:///x", "https://someone@example.org/",
        "https://someone:word@example.org/", "http://[::1", "https://exa mple.org/", "https://example.org:port/",
        "https://example.org:99999/",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_of_the_web_is_refused(address: str) -> None:
    with pytest.raises(hosts.RefusedError):
        hosts.find(hosts.parse(address), NOWHERE, 5)


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/", "https://localhost/", "https://LOCALHOST./", "https://[::1]:8443/", "https://0/",
        "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://[::ffff:127.0.0.1]/",
        "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[fe80::1%25eth0]/",
    ],
)  # fmt: skip
def test_no_way_of_writing_leads_inside(address: str) -> None:
    with pytest.raises((hosts.RefusedError, hosts.UnknownHostError)):
        hosts.find(hosts.parse(address), NOWHERE, 5)


def test_this_machine_may_be_asked_where_the_configuration_says_so() -> None:
    own = frozenset(["http://127.0.0.1:8001", "http://localhost:8001", "http://8.8.8.8:80"])
    assert hosts.find(hosts.parse("http://127.0.0.1:8001/x"), own, 5) == ["127.0.0.1"]
    assert hosts.find(hosts.parse("http://localhost:8001/x"), own, 5)
    for other in ("http://127.0.0.1:8002/", "https://127.0.0.1:8001/", "http://8.8.8.8/"):
        with pytest.raises(hosts.RefusedError):
            hosts.find(hosts.parse(other), own, 5)


def test_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, "8.8.8.8", "192.168.0.1")
    with pytest.raises(hosts.RefusedError, match=r"example\.org leads to 192\.168\.0\.1"):
        hosts.find(hosts.parse("https://example.org/"), NOWHERE, 5)
    leads_to(monkeypatch, "8.8.8.8", "8.8.4.4", "8.8.8.8")
    assert hosts.find(hosts.parse("https://example.org/"), NOWHERE, 5) == ["8.8.8.8", "8.8.4.4"]


def test_both_kinds_of_address_are_among_those_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, *(f"2a04:4e42::{number}" for number in range(1, 7)), "8.8.8.8", "8.8.4.4")
    tried = hosts.find(hosts.parse("https://example.org/"), NOWHERE, 5)
    assert tried == ["2a04:4e42::1", "8.8.8.8", "2a04:4e42::2", "8.8.4.4"]


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Have every name lead to these: what a stranger's name server answers cannot be played otherwise."""
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: answer)


def test_unknown_name_is_told() -> None:
    with pytest.raises(hosts.UnknownHostError, match=r"name no-such-host\.invalid was not found"):
        hosts.find(hosts.parse("https://no-such-host.invalid/"), NOWHERE, 20)


@given(st.text(max_size=60) | st.text("htps:/.@[]%#?0127x", max_size=40).map("https://{}".format))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        url = hosts.parse(text)
    except hosts.RefusedError:
        assert hosts.origin_of(text) is None
        return
    assert url.scheme in ("http", "https")
    assert url.host
    assert not url.auth
    assert hosts.origin_of(text) == hosts.origin(url)
    # What goes on the wire can be no second line.
    assert url.request_uri.isascii()
    assert url.request_uri.isprintable()
    assert " " not in url.request_uri


@pytest.mark.parametrize("name", ["api_key", "API_KEY", "apikey", "key", "access_token", "token", "secret", "password"])
def test_keys_are_taken_out_of_addresses(name: str) -> None:
    shown = hosts.redacted(f"https://api.example.org/works?page=1&{name}=s3cr3t&per_page=100")
    assert shown == f"https://api.example.org/works?page=1&{name}=…&per_page=100"


def test_resumption_token_is_no_key() -> None:
    address = "https://arxiv.org/oai?verb=ListRecords&resumptionToken=1234|1001"
    assert hosts.redacted(address) == address


@given(st.text())
def test_shown_address_is_one_line(address: str) -> None:
    assert hosts.redacted(address).isprintable()
