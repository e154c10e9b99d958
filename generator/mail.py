"""Sends the newsletter by SMTP and keeps what was sent: each day is mailed once, whatever runs again.

What the mail says is left to ``site.newsletter``; the only room that opens a connection to a mail server.
"""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

import msgspec

from generator.config import Newsletter
from generator.errors import ContentProblems, MailError
from generator.jsonlines import LinesReader, encode_lines, write_atomically
from generator.model import Frozen

SENT = "content/newsletters.jsonl"
USER, PASSWORD = "DIGEST_SMTP_USER", "DIGEST_SMTP_PASSWORD"
TIMEOUT = 30.0
"""Seconds that a server may keep silent."""


class Mailed(Frozen, frozen=True):
    """That the days from one to another were mailed: one line of ``content/newsletters.jsonl``."""

    start: date
    end: date
    id: str
    """The mail's Message-ID."""
    state: Literal["sending", "sent"] = "sent"
    """``sending`` is left where a run was cut off between the server's answer and ours: it may have been mailed."""


def read_sent(root: Path) -> list[Mailed]:
    """Return what was mailed, oldest first.

    Raises:
        ContentProblems: the file cannot be read; nothing is mailed on a guess.
    """
    path = root / SENT
    if not path.exists():
        return []
    lines, problems = LinesReader(Mailed).read(path.read_bytes(), SENT)
    if problems:
        raise ContentProblems(problems)
    mailed: list[Mailed] = [item for _, item in lines]
    return mailed


def overlapping(sent: list[Mailed], start: date, end: date) -> Mailed | None:
    """Return what has been mailed of the days from `start` to `end`."""
    return next((one for one in sent if one.start <= end and start <= one.end), None)


def send_once(
    root: Path, mail: EmailMessage, start: date, end: date, settings: Newsletter, environ: Mapping[str, str]
) -> Mailed | None:
    """Send the mail that tells of the days from `start` to `end`, unless one of them was mailed before.

    Returns what stood in the way; None when it was sent now.

    Raises:
        MailError: the server could not be reached or refused; the days count as not mailed.
        ContentProblems: what was sent before cannot be read.
    """
    sent = read_sent(root)
    if before := overlapping(sent, start, end):
        return before
    entry = Mailed(start=start, end=end, id=str(mail["Message-ID"]), state="sending")
    # Said before it is done: cut off in between, a day is mailed once or not at all, never twice.
    _write(root, [*sent, entry])
    try:
        _send(mail, settings, environ)
    except MailError as error:
        if not error.maybe_sent:
            _write(root, sent)
        raise
    _write(root, [*sent, msgspec.structs.replace(entry, state="sent")])
    return None


def _write(root: Path, sent: list[Mailed]) -> None:
    ordered: list[Mailed] = sorted(sent, key=lambda one: (one.start, one.end))
    write_atomically(root / SENT, encode_lines(ordered))


def _send(mail: EmailMessage, settings: Newsletter, environ: Mapping[str, str]) -> None:
    place = f"{settings.host}:{settings.port}"
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if user and settings.security == "none":
        raise MailError(place, f"a login without TLS tells everyone the password; set 'security', or unset {USER}")
    server = None
    handing_over = False
    try:
        server = _connected(settings)
        if user:
            server.login(user, password)
        server.ehlo_or_helo_if_needed()
        _agreed(server.mail(settings.sender))
        _agreed(server.rcpt(settings.to))
        handing_over = True
        _agreed(server.data(mail.as_bytes()))
    except smtplib.SMTPAuthenticationError as error:
        message = f"refused the login: {error.smtp_code} {_words(error.smtp_error)}; see to {USER} and {PASSWORD}"
        raise MailError(place, message) from error
    except smtplib.SMTPResponseException as error:
        reason = f"{error.smtp_code} {_words(error.smtp_error)}"
        raise MailError(place, f"refused the mail, nothing was sent: {reason}; set it right and run again") from error
    except ssl.SSLCertVerificationError as error:
        message = (
            f"its certificate is not to be trusted, nothing was sent, no password either: {error.verify_message}; "
            "see to 'host' and to the server's certificate"
        )
        raise MailError(place, message) from error
    except smtplib.SMTPNotSupportedError as error:
        message = f"it does not offer what was asked of it, nothing was sent: {error}; see to 'security' and 'port'"
        raise MailError(place, message) from error
    except (OSError, smtplib.SMTPException) as error:
        if handing_over:
            message = f"the connection broke while the mail was handed over: {error}; it may have been sent: see {SENT}"
            raise MailError(place, message, maybe_sent=True) from error
        raise MailError(place, f"no mail server answers, nothing was sent: {error}; run again") from error
    finally:
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):  # the server has the mail, or has said why not
                server.quit()
            server.close()


def _agreed(answer: tuple[int, bytes]) -> None:
    code, reason = answer
    if code >= 400:
        raise smtplib.SMTPResponseException(code, reason)


def _connected(settings: Newsletter) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT, context=context)
    server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
    if settings.security == "starttls":
        try:
            server.starttls(context=context)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
    return server


def _words(reason: bytes | str) -> str:
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    return " ".join(text.split())[:200]
