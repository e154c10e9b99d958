"""``digest serve`` as a curator meets it: a process, a browser with a page open, and files that change."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.digest_folder import record, write_digest

PATIENCE = 60
"""Seconds until a test gives up waiting: a bound on a hang, no claim."""
DAY = "2025-03-04"
PICKS = f"content/digests/2025/{DAY}.yml"


class Serving:
    """A running ``digest serve`` and what it has said so far."""

    def __init__(self, root: Path) -> None:
        self.root = root
        command = [sys.executable, "-u", "-m", "generator", "serve", "--root", str(root), "--port", "0"]
        # Asked to abort, it tells where each of its threads stands.
        environment = {**os.environ, "PYTHONFAULTHANDLER": "1"}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.said: list[str] = []
        self.address = self.wait_for("http://127.0.0.1:").split()[0]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def wait_for(self, words: str) -> str:
        """Return the next line that has `words` in it."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.said.append(self._lines.get(timeout=max(0.0, end - time.monotonic())))
            except queue.Empty:
                pytest.fail(f"never said {words!r}, but {self.said}")
            if words in self.said[-1]:
                return self.said[-1]

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def ask(self, path: str, method: str = "GET") -> tuple[int, str]:
        """Return the status and body of an address of the site."""
        parts = urlsplit(self.address)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            connection.request(method, parts.path + path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8")
        finally:
            connection.close()

    def stop(self) -> int:
        """Press ctrl-c; return the exit code."""
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            code = self.process.wait(PATIENCE)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        while not self._lines.empty():
            self.said.append(self._lines.get())
        assert code != -signal.SIGABRT, "\n".join(self.said)
        return code


def _picks(note: str) -> str:
    return f"picks:\n  - id: arxiv:2503.00001\n    note: {note}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = write_digest(tmp_path / "root", [record("arxiv:2503.00001", "A study", DAY, authors=[{"name": "Ada Made"}])])
    (root / PICKS).parent.mkdir(parents=True)
    (root / PICKS).write_text(_picks("As it was."), "utf-8")
    return root


@pytest.fixture
def serving(root: Path) -> Iterator[Serving]:
    running = Serving(root)
    yield running
    if running.process.poll() is None:
        running.stop()


def test_open_page_shows_an_edit_and_outlives_a_mistake(page: Page, serving: Serving) -> None:
    page.set_default_timeout(1000 * PATIENCE)
    expect.set_options(timeout=1000 * PATIENCE)
    page.goto(f"{serving.address}days/{DAY}/")
    expect(page.locator("body")).to_contain_text("As it was.")

    serving.write(PICKS, _picks("As it is now."))
    expect(page.locator("body")).to_contain_text("As it is now.")
    serving.wait_for(" rendered, ")

    serving.write(PICKS, _picks("As it is now.") + "    noet: A slip.\n")
    problem = serving.wait_for("noet")
    assert problem.startswith(f"{PICKS}:4:5: ")
    serving.wait_for("nothing was written")
    page.reload()
    expect(page.locator("body")).to_contain_text("As it is now.")

    serving.write(PICKS, _picks("As it should be."))
    expect(page.locator("body")).to_contain_text("As it should be.")


def test_change_of_configuration_and_of_a_theme_that_comes_later_is_shown(page: Page, serving: Serving) -> None:
    expect.set_options(timeout=1000 * PATIENCE)
    page.goto(serving.address)
    config = serving.root / "site_config.yml"
    config.write_text(config.read_text("utf-8").replace("Invented Papers", "Renamed Papers"), "utf-8")
    expect(page).to_have_title("Renamed Papers")
    for mark in ("one", "two"):
        serving.write("theme/main.html", f'{{% extends "base.html" %}}\n{{% block footer %}}{mark}{{% endblock %}}\n')
        expect(page.locator("body")).to_contain_text(mark)


def test_files_of_the_site_hold_no_trace_of_the_server(serving: Serving) -> None:
    status, shown = serving.ask("")
    kept = (serving.root / "site/index.html").read_text("utf-8")
    assert status == 200
    assert shown.startswith(kept)
    assert "EventSource" in shown.removeprefix(kept)


@pytest.mark.console_errors("status of 404")
def test_unknown_address_shows_the_site_s_own_page_with_its_style(page: Page, serving: Serving) -> None:
    bad: list[str] = []
    page.on("response", lambda answer: bad.append(answer.url) if answer.status >= 400 else None)
    for path in ("nothing/here/", "nothing.html", "assets/none.css", "papers"):
        assert serving.ask(path)[0] in (404, 301), path
    answer = page.goto(f"{serving.address}nothing/here/")
    assert answer is not None
    assert answer.status == 404
    assert bad == [f"{serving.address}nothing/here/"]
    assert (serving.root / "site/404.html").read_text("utf-8") in answer.text()


def test_address_is_that_of_loopback_and_of_the_site_s_path(serving: Serving) -> None:
    assert urlsplit(serving.address).path == "/digest/"
    parts = urlsplit(serving.address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    connection.request("GET", "/")
    answer = connection.getresponse()
    connection.close()
    assert (answer.status, answer.headers["Location"]) == (302, "/digest/")
    assert serving.ask("../../etc/passwd")[0] == 404
    assert serving.ask("", "HEAD") == (200, "")


def test_interrupt_ends_it_cleanly(serving: Serving) -> None:
    assert serving.stop() == 0
    assert "Traceback" not in "\n".join(serving.said)


def test_mistake_at_the_start_is_told_and_waits_for_its_mending(root: Path) -> None:
    (root / PICKS).write_text("picks: [\n", "utf-8")
    serving = Serving(root)
    try:
        assert any(line.startswith(f"{PICKS}:1:9: ") for line in serving.said), serving.said
        assert serving.ask("")[0] == 404
        serving.write(PICKS, _picks("Mended."))
        serving.wait_for(" rendered, ")
        assert serving.ask("")[0] == 200
    finally:
        serving.stop()


def test_template_with_a_mistake_is_told_with_its_line_and_the_old_site_stays(serving: Serving) -> None:
    serving.write("theme/pages/home.md.j2", "fine\n{% if %}\n")
    assert serving.wait_for("cannot be used").startswith("theme/pages/home.md.j2:2: ")
    serving.write("theme/pages/home.md.j2", "fine\n{{ nobody.knows }}\n")
    assert serving.wait_for("cannot be used").startswith("theme/pages/home.md.j2:2: ")
    (serving.root / "theme/pages/home.md.j2").unlink()
    serving.write("theme/main.html", "fine\n\n{% endif %}\n")
    assert serving.wait_for("cannot be used").startswith("theme/main.html:3: ")
    assert serving.ask("")[0] == 200
    assert "Traceback" not in "\n".join(serving.said)


def test_taken_port_is_told(serving: Serving) -> None:
    port = str(urlsplit(serving.address).port)
    command = [sys.executable, "-m", "generator", "serve", "--root", str(serving.root), "--port", port]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert done.stderr.startswith(f"127.0.0.1:{port}: cannot serve there: ")
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_folder_without_a_digest_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "generator", "serve", "--root", str(tmp_path), "--port", "0"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert "digest init" in done.stderr
