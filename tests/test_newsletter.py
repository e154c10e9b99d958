"""The newsletter: what it says, how it looks in a browser as wide as mail programs, and that no day is mailed twice."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from playwright.sync_api import Browser

from generator.cli import main
from generator.mail import SENT
from tests.digest_folder import record, sample_records, write_digest
from tests.hostile import PAYLOADS, is_safe_link, payload

WEEK, NEXT = "2025-01-06", "2025-01-13"
HOSTS = "127.0.0.1"


class Server:
    """A mail server on loopback that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.raw: list[bytes] = []
        self.logins: list[bool] = []
        """Of each mail, whether its sender had logged in."""
        self.answers: dict[str, str] = {}
        """A command -> what is answered to it instead of yes."""
        self.drop = False
        """Whether the connection breaks when the mail has been handed over."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.raw.append(envelope.content)
        self.mails.append(mail)
        self.envelopes.append(envelope)
        self.logins.append(bool(session.authenticated))
        if self.drop and server.transport is not None:
            server.transport.close()
        return "250 OK"


@pytest.fixture
def server() -> Iterator[tuple[Server, int]]:
    """A server that takes everything, and its port."""
    handler = Server()
    with closing(socket.socket()) as free:
        free.bind((HOSTS, 0))
        port = int(free.getsockname()[1])
    controller = Controller(handler, hostname=HOSTS, port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def _root(folder: Path, port: int, *papers: dict[str, Any], **more: Any) -> Path:
    settings = {
        "sender": "digest@example.org",
        "to": "list@lists.example.org",
        "host": HOSTS,
        "port": port,
        "security": "none",
        "unsubscribe": "mailto:list-leave@lists.example.org",
    }
    listed = papers or (
        record("arxiv:2501.10001", "Caches, shared", WEEK, authors=[{"name": "Ada Invented"}], abstract="An abstract."),
        record("arxiv:2501.10002", "Kernels in the rest", WEEK),
        record("arxiv:2501.10003", "Of the next week", NEXT),
    )
    pick = {"id": listed[0]["id"], "note": "Read *it* for the [second part](https://example.org/x).", "highlight": True}
    digests = {WEEK: {"curator": "editors", "intro": "A week of `caches`.", "picks": [pick]}}
    config = {"newsletter": {**settings, **more}, "feeds": {"tag": "tag:example.org,2025:digest/"}}
    return write_digest(folder, listed, config=config, digests=digests)


def _run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["newsletter", "--root", str(root), *arguments])


def _sent(root: Path) -> list[dict[str, Any]]:
    path = root / SENT
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


# What it says


def test_the_mail_of_a_week_has_both_parts_and_the_headers_of_list_mail(
    tmp_path: Path, server: tuple[Server, int]
) -> None:
    handler, port = server
    done = _run(_root(tmp_path, port), "--send")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.output == ("sent Week 2, 2025 to list@lists.example.org: Invented Papers: Caches, shared and 1 more\n")
    (mail,) = handler.mails
    assert mail["Subject"] == "Invented Papers: Caches, shared and 1 more"
    assert mail["From"] == "Invented Papers <digest@example.org>"
    assert mail["To"] == "list@lists.example.org"
    assert mail["Message-ID"] == "<2025-W02.digest@example.org>"
    assert mail["List-Id"] == "<digest.example.org>"
    assert mail["List-Unsubscribe"] == "<mailto:list-leave@lists.example.org>"
    assert mail["List-Archive"] == "<https://example.org/digest/weeks/feed.xml>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] is not None
    assert mail["MIME-Version"] == "1.0"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert handler.envelopes[0].rcpt_tos == ["list@lists.example.org"]
    assert max(map(len, handler.raw[0].split(b"\r\n"))) <= 998  # RFC 5322
    text, html = (part.get_content() for part in mail.iter_parts())
    for one in (text, BeautifulSoup(html, "html.parser").text):
        assert "A week of caches." in " ".join(one.split())
        assert "Read it for the second part." in " ".join(one.split()).replace("> ", "")
        assert "Kernels in the rest" in one
        assert "Of the next week" not in one
    assert "https://example.org/digest/papers/2501.10001/" in text
    assert max(map(len, text.splitlines())) <= 80


def test_files_say_what_the_mail_says(tmp_path: Path) -> None:
    root = _root(tmp_path / "root", 25)
    done = _run(root, "--output", str(tmp_path / "out"))
    assert done.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["2025-W02.html", "2025-W02.txt"]
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    _run(root, "--output", str(tmp_path / "out"))
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert _sent(root) == []


def test_without_picks_the_ranking_leads_and_without_a_week_there_is_nothing(tmp_path: Path) -> None:
    papers = sample_records(60, a_day=4)
    root = write_digest(tmp_path / "many", papers)
    assert _run(root, "--since", papers[0]["listed"][0]["date"]).exit_code == 0
    (html,) = root.glob("newsletter/*.html")
    soup = BeautifulSoup(html.read_text("utf-8"), "html.parser")
    assert len(soup.find_all("h2")) == 10 + 1
    assert soup.find_all("li")[-1].text == "and 10 more"
    empty = write_digest(tmp_path / "none", sample_records(1))
    assert _run(empty).output == "nothing to tell: no week is over\n"
    assert _run(empty, "--since", "2030-01-01").output == "nothing to tell: no day since 2030-01-01\n"


def test_any_title_makes_one_line_of_subject_and_no_live_element(tmp_path: Path, server: tuple[Server, int]) -> None:
    handler, port = server
    papers = [
        record(f"arxiv:2501.1{number:04}", payload(number, f"q{number}z")[:400], WEEK, abstract=payload(number, "q"))
        for number in range(len(PAYLOADS))
    ]
    root = _root(tmp_path, port, *papers, record("arxiv:2501.19999", "Later", NEXT))
    done = _run(root, "--send")
    assert done.exit_code == 0, done.output
    (mail,) = handler.mails
    assert "\n" not in mail["Subject"]
    assert 0 < len(mail["Subject"]) < 160
    html = list(mail.iter_parts())[1].get_content()
    soup = BeautifulSoup(html, "html.parser")
    assert {tag.name for tag in soup.find_all(True)} <= set(
        "html head meta title style body table tr td h1 h2 p a div ul li em strong code".split()
    )
    assert all(is_safe_link(str(tag["href"])) for tag in soup.find_all("a"))
    allowed = {"style", "class", "href", "lang", "charset", "name", "content", "role", "width", "align", "border"}
    assert {name for tag in soup.find_all(True) for name in tag.attrs} <= allowed | {"cellpadding", "cellspacing"}


# How it looks


@pytest.mark.parametrize("width", [600, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_read_in_a_browser(
    browser: Browser, serve: Callable[..., str], tmp_path: Path, width: int, scheme: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    long = record("arxiv:2501.10001", f"A very long word: {'x' * 200}", WEEK, abstract="y" * 300 + " end")
    others = record("arxiv:2501.10002", "z" * 150, WEEK), record("arxiv:2501.10003", "n", NEXT)
    root = _root(tmp_path / "root", 25, long, *others)
    _run(root, "--output", str(tmp_path / "out"))
    address = serve(tmp_path / "out")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(f"{address}2025-W02.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('table table').getBoundingClientRect().width") <= 600
    background, ink = page.evaluate(
        """[getComputedStyle(document.body).backgroundColor,
            getComputedStyle(document.querySelector('.ink a')).color]"""
    )
    brightness = [sum(map(int, colour[4:-1].split(", "))) for colour in (background, ink)]
    assert (brightness[0] < brightness[1]) == (scheme == "dark")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert [one for one in asked if not one.endswith(("2025-W02.html", "favicon.ico"))] == []
    context.close()


# Once


def test_a_second_run_sends_nothing_and_the_next_week_is_sent(tmp_path: Path, server: tuple[Server, int]) -> None:
    handler, port = server
    root = _root(tmp_path, port)
    assert _run(root, "--send").exit_code == 0
    again = _run(root, "--send")
    assert (again.exit_code, again.output) == (0, "sent before, nothing to do: 2025-01-06 to 2025-01-12\n")
    # A run that tells of days that were mailed would mail them twice.
    for day in ("2025-01-01", "2025-01-12"):
        assert _run(root, "--since", day, "--send").output.startswith("sent before")
    assert _run(root, "--since", NEXT, "--send").output.startswith("sent 13 January 2025 to ")
    assert len(handler.mails) == 2
    assert [(one["start"], one["end"]) for one in _sent(root)] == [(WEEK, "2025-01-12"), (NEXT, NEXT)]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"RCPT": "550 no such list"}, "refused the mail, nothing was sent: 550 no such list"),
        ({"DATA": "451 later"}, "refused the mail, nothing was sent: 451 later"),
    ],
)
def test_a_refusing_server_leaves_the_week_unsent_and_says_so(
    tmp_path: Path, server: tuple[Server, int], answers: dict[str, str], said: str
) -> None:
    handler, port = server
    handler.answers = answers
    root = _root(tmp_path, port)
    done = _run(root, "--send")
    assert done.exit_code == 1
    assert done.stderr == f"{HOSTS}:{port}: {said}; set it right and run again\n"
    assert (_sent(root), (root / SENT).exists()) == ([], False)
    handler.answers = {}
    assert _run(root, "--send").exit_code == 0
    assert len(handler.mails) == 1


def test_a_server_that_is_not_there_leaves_the_week_unsent(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind((HOSTS, 0))  # bound and not listening: nobody else gets the port
        done = _run(_root(tmp_path, taken.getsockname()[1]), "--send")
    assert done.exit_code == 1
    assert "no mail server answers, nothing was sent: " in done.stderr
    assert _sent(tmp_path) == []


def test_a_mail_that_may_have_gone_out_is_not_sent_again_until_someone_looked(
    tmp_path: Path, server: tuple[Server, int]
) -> None:
    handler, port = server
    handler.drop = True
    root = _root(tmp_path, port)
    done = _run(root, "--send")
    assert done.exit_code == 1
    assert "it may have been sent: see content/newsletters.jsonl" in done.stderr
    assert [one["state"] for one in _sent(root)] == ["sending"]
    again = _run(root, "--send")
    assert again.exit_code == 1
    assert "2025-01-06 to 2025-01-12 may have been sent" in again.stderr
    assert len(handler.mails) == 1


def test_a_broken_list_of_what_was_sent_stops_everything(tmp_path: Path, server: tuple[Server, int]) -> None:
    handler, port = server
    root = _root(tmp_path, port)
    (root / SENT).write_text("{not json\n", "utf-8")
    done = _run(root, "--send")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{SENT}:1:")
    assert handler.mails == []


def test_no_password_goes_out_without_tls(
    tmp_path: Path, server: tuple[Server, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, port = server
    monkeypatch.setenv("DIGEST_SMTP_USER", "someone")
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "secret")
    done = _run(_root(tmp_path / "plain", port), "--send")
    assert (done.exit_code, "without TLS" in done.stderr) == (1, True)
    done = _run(_root(tmp_path / "starttls", port, security="starttls"), "--send")
    assert (done.exit_code, "nothing was sent" in done.stderr) == (1, True)
    assert "secret" not in done.stderr
    assert handler.mails == []


# By TLS


ACCOUNT = {"DIGEST_SMTP_USER": "someone", "DIGEST_SMTP_PASSWORD": "not a secret"}
Securely = Callable[..., tuple[Server, int]]


@pytest.fixture
def securely(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Securely]:
    """Start a server that speaks TLS and wants a login; its certificate is for a name, by an authority we trust."""
    authority = trustme.CA()
    trusted = tmp_path_factory.mktemp("trust") / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    started: list[Controller] = []

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        right = (given.login.decode(), given.password.decode()) == tuple(ACCOUNT.values())
        return AuthResult(success=right, handled=False)

    def start(security: str, name: str = HOSTS, *, issuer: trustme.CA = authority) -> tuple[Server, int]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        issuer.issue_cert(name).configure_cert(context)
        handler = Server()
        with closing(socket.socket()) as free:
            free.bind((HOSTS, 0))
            port = int(free.getsockname()[1])
        by_starttls = security == "starttls"
        controller = Controller(
            handler,
            hostname=HOSTS,
            port=port,
            ssl_context=None if by_starttls else context,
            tls_context=context if by_starttls else None,
            require_starttls=by_starttls,
            authenticator=check,
            # Of a connection that is safe from its first byte aiosmtpd does not know that it is.
            auth_required=by_starttls,
            auth_require_tls=by_starttls,
        )
        controller.start()
        started.append(controller)
        return handler, port

    yield start
    for controller in started:
        controller.stop()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_out_by_tls_with_a_login(tmp_path: Path, securely: Securely, security: str) -> None:
    handler, port = securely(security)
    root = _root(tmp_path, port, security=security)
    done = _run(root, "--send")
    assert (done.exit_code, done.stderr) == (0, "")
    assert handler.mails[0]["To"] == "list@lists.example.org"
    assert handler.logins == [True]
    assert [one.get("state", "sent") for one in _sent(root)] == ["sent"]
    assert _run(root, "--send").output.startswith("sent before")
    assert len(handler.mails) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_wrong_password_leaves_the_week_unsent(
    tmp_path: Path, securely: Securely, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, port = securely(security)
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "guessed")
    root = _root(tmp_path, port, security=security)
    done = _run(root, "--send")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{HOSTS}:{port}: refused the login: 535 ")
    assert done.stderr.endswith("; see to DIGEST_SMTP_USER and DIGEST_SMTP_PASSWORD\n")
    assert "guessed" not in done.stderr
    assert (_sent(root), handler.mails) == ([], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["another's name", "a stranger's"])
def test_certificate_that_is_not_to_be_trusted_gets_neither_mail_nor_password(
    tmp_path: Path, securely: Securely, security: str, wrong: str
) -> None:
    stranger = {"issuer": trustme.CA()} if wrong == "a stranger's" else {}
    handler, port = securely(security, HOSTS if stranger else "mail.example.org", **stranger)
    root = _root(tmp_path, port, security=security)
    done = _run(root, "--send")
    assert done.exit_code == 1
    start = f"{HOSTS}:{port}: its certificate is not to be trusted, nothing was sent, no password either: "
    assert done.stderr.startswith(start)
    assert done.stderr.endswith("; see to 'host' and to the server's certificate\n")
    assert (_sent(root), (root / SENT).exists(), handler.mails) == ([], False, [])


def test_server_that_offers_no_tls_gets_no_mail(
    tmp_path: Path, server: tuple[Server, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, port = server
    done = _run(_root(tmp_path, port, security="starttls"), "--send")
    assert done.exit_code == 1
    assert "it does not offer what was asked of it, nothing was sent: STARTTLS" in done.stderr
    assert handler.mails == []


def test_settings_are_needed_to_send_and_held_to_their_form(tmp_path: Path) -> None:
    root = write_digest(tmp_path / "none", sample_records(20))
    done = _run(root, "--send")
    assert done.exit_code == 1
    assert done.stderr.startswith("site_config.yml: no 'newsletter'; ")
    wrong = _root(tmp_path / "wrong", 25, sender="a@example.org\nBcc: all@example.org")
    done = _run(wrong, "--send")
    assert done.exit_code == 1
    assert "site_config.yml:" in done.stderr
