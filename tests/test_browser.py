"""The browser fixtures fail a test when they should, and the server behaves as a host of pages does."""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page

from tests.conftest import is_local
from tools import browser

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
PAGE = "<!doctype html><html lang=en><title>{0}</title><link rel=icon href=data:,><h1>{0}</h1>{1}"
CONFTEST = "from tests.conftest import asked, browser, context, page, serve"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "days").mkdir()
    (tmp_path / "index.html").write_text(PAGE.format("front", "<a href=days/>days</a>"), encoding="utf-8")
    (tmp_path / "days" / "index.html").write_text(PAGE.format("days", "<a href=../>front</a>"), encoding="utf-8")
    (tmp_path / "404.html").write_text(PAGE.format("nothing here", ""), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("mount", ["/", "/some/path/"])
def test_site_is_walked_under_any_mount_path(page: Page, serve: Callable[..., str], site: Path, mount: str) -> None:
    address = serve(site, mount)
    page.goto(address)
    page.click("text=days")
    assert page.url == f"{address}days/"
    page.click("text=front")
    assert page.url == address


@pytest.mark.console_errors("status of 404")
def test_address_that_leads_nowhere_answers_with_the_sites_page(
    page: Page, serve: Callable[..., str], site: Path
) -> None:
    answer = page.goto(f"{serve(site)}no/such/page/")
    assert answer is not None
    assert answer.status == 404
    assert page.title() == "nothing here"


def test_page_that_changed_within_the_second_is_not_the_old_one(serve: Callable[..., str], site: Path) -> None:
    address = serve(site)
    with urlopen(address) as answer:
        when = answer.headers["Last-Modified"]
    changed = site / "index.html"
    time = changed.stat().st_mtime
    changed.write_text("changed", "utf-8")
    os.utime(changed, (time, time))
    with urlopen(Request(address, headers={"If-Modified-Since": when})) as answer:
        assert answer.read() == b"changed"


def test_nothing_is_served_outside_the_mount_path(serve: Callable[..., str], site: Path) -> None:
    address = serve(site, "/some/path/").replace("/some/path/", "/days/")
    with pytest.raises(HTTPError) as error:
        urlopen(address)
    error.value.close()
    assert error.value.code == 404


COMPLAINTS = [
    ("<img src=https://example.org/x.png>", "asked other hosts"),
    ("<script>console.error('lost')</script>", "console shows errors"),
    ("<script>undefined.lost</script>", "console shows errors"),
]


def test_page_that_asks_elsewhere_or_complains_fails_its_test(pytester: pytest.Pytester) -> None:
    # A process of its own: one process holds one Playwright.
    pytester.makeini(f"[pytest]\nmarkers = console_errors(pattern)\npythonpath = {ROOT}")
    pytester.makeconftest(CONFTEST)
    for number, (body, _) in enumerate(COMPLAINTS):
        pytester.makefile(".html", **{f"page{number}": PAGE.format("front", body)})
    pytester.makepyfile(f"""
        import pytest
        @pytest.mark.parametrize("number", range({len(COMPLAINTS)}))
        def test_page(page, serve, request, number):
            page.goto(f"{{serve(request.path.parent)}}page{{number}}.html", wait_until="networkidle")
    """)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={pytester.path}")
    result.assert_outcomes(passed=len(COMPLAINTS), errors=len(COMPLAINTS))
    for number, (_, message) in enumerate(COMPLAINTS):
        result.stdout.fnmatch_lines([f"*ERROR at teardown of test_page?{number}?*", f"*{message}*"])


def test_local_is_loopback_and_what_never_leaves_the_page() -> None:
    local = [
        "http://127.0.0.1:1/",
        "http://localhost/x",
        "data:,",
        "file:///x",
        "blob:http://127.0.0.1:1/x",
        "about:blank",
    ]
    foreign = ["https://example.org/", "http://127.0.0.1.example.org/", "//example.org/x", "ws://example.org/"]
    assert all(map(is_local, local))
    assert not any(map(is_local, foreign))


def test_browser_that_does_not_start_is_not_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "chromium"
    script.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("DIGEST_BROWSER", str(script))
    assert browser.find() is None
    script.write_text("#!/bin/sh\necho Chromium 1\n", encoding="utf-8")
    assert browser.find() == str(script)
