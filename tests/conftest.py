"""Fixtures that several modules need: a browser that cannot leave loopback, and sites served to it."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from generator.catalog.catalog import Catalog, assemble
from generator.catalog.content import load
from generator.site.build import build
from tests.built_site import BuiltSite
from tests.digest_folder import write_sample
from tests.loopback import serving
from tools import browser as installed_browser

BROWSER_ARGUMENTS = [
    "--no-sandbox",  # containers of CI run as root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Whatever a page asks for, no name but loopback's is ever looked up.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
LOCAL_SCHEMES = {"about", "blob", "chrome-error", "data", "file"}
LOCAL_HOSTS = {"127.0.0.1", "localhost"}


@dataclass(frozen=True)
class Sample:
    """An invented digest with every kind of page, built, and what it was built from."""

    root: Path
    site: BuiltSite
    catalog: Catalog


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process; where there is none the test fails, it is never skipped."""
    path = installed_browser.find()
    if path is None:
        pytest.fail(
            "no Chromium found; 'make test' installs one, or name one: DIGEST_BROWSER=/path/to/chromium", pytrace=False
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def asked(context: BrowserContext) -> list[str]:
    """Every address that the pages of this test asked for, in order."""
    addresses: list[str] = []
    context.on("request", lambda request: addresses.append(request.url))
    return addresses


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: no cookies, no storage, a desktop window."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    fresh.set_default_timeout(90_000)  # milliseconds: other tests use the same cores
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext, asked: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page whose test fails when it asked another host, wrote an error to its console or raised in a script.

    The marker ``console_errors(pattern)`` allows the errors that the pattern is found in.
    """
    errors: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    context.on("console", on_console)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page()
    foreign = [address for address in asked if not is_local(address)]
    assert not foreign, f"the page asked other hosts: {foreign}"
    allowed = request.node.get_closest_marker("console_errors")
    if allowed is not None:
        errors = [error for error in errors if re.search(allowed.args[0], error) is None]
    assert not errors, f"the page's console shows errors: {errors}"


def is_local(address: str) -> bool:
    """Return whether a browser that asks for this address stays on the machine."""
    parts = urlsplit(address)
    return parts.scheme in LOCAL_SCHEMES or parts.hostname in LOCAL_HOSTS


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Serve folders until the tests end: ``serve(directory, mount="/some/path/")`` returns the address."""
    with ExitStack() as servers:

        def start(directory: Path, mount: str = "/") -> str:
            return servers.enter_context(serving(directory, mount))

        yield start


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """One built digest for all tests of a process that only look at it."""
    root = write_sample(tmp_path_factory.mktemp("sample") / "root")
    build(root, root.parent / "site", jobs=2)
    return Sample(root, BuiltSite(root.parent / "site", "/some/path/"), assemble(load(root)))
