"""Find a Chromium that starts, or install one; what the tests do in it is left to them.

``python -m tools.browser`` is a step of ``make test``: afterwards there is a browser, or it has failed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
INSTALLED = Path(__file__).parent.parent / ".venv" / "browsers"
"""Where Playwright's own browser goes: into the clone, not into the home of whoever runs the tests."""


def find() -> str | None:
    """Return the path of a Chromium that starts: ``$DIGEST_BROWSER``, an installed one, or Playwright's own."""
    named = os.environ.get("DIGEST_BROWSER")
    candidates = [named] if named else [*map(shutil.which, NAMES), *APPLICATIONS, _playwright_path()]
    return next((path for path in candidates if path and _starts(path)), None)


def install() -> str | None:
    """Install a Chromium, by Debian's packages where possible, and return its path; None when all ways failed."""
    for commands in (_debian_commands(), _playwright_commands()):
        if commands and all(_run(command) for command in commands):
            found = find()
            if found:
                return found
    return None


def _playwright_path() -> str | None:
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(INSTALLED))
    # Only needed where no browser is installed.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _starts(path: str) -> bool:
    # Ubuntu's /usr/bin/chromium-browser may be a script that only asks for a snap.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _debian_commands() -> list[list[str]] | None:
    root = _root_prefix()
    release = Path("/etc/os-release")
    is_debian = release.exists() and "ID=debian" in release.read_text(encoding="utf-8").splitlines()
    if not is_debian or root is None or not shutil.which("apt-get"):
        return None
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    return [
        [*apt, "update"],
        [*apt, "install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    ]


def _playwright_commands() -> list[list[str]]:
    # The libraries that Chromium needs come from the system's packages: only where we may ask for them.
    with_libraries = ["--with-deps"] if sys.platform == "linux" and _root_prefix() is not None else []
    return [[sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"]]


def _root_prefix() -> list[str] | None:
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    may = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    return [sudo, "-n"] if sudo and may else None


def _run(command: list[str]) -> bool:
    print("installing a browser for the tests:", " ".join(command), file=sys.stderr, flush=True)
    environment = os.environ | {"PLAYWRIGHT_BROWSERS_PATH": os.environ.get("PLAYWRIGHT_BROWSERS_PATH", str(INSTALLED))}
    return subprocess.run(command, stdin=subprocess.DEVNULL, env=environment, check=False).returncode == 0


def main() -> int:
    """Make sure that there is a browser; return 0, or 1 after saying what to do."""
    named = os.environ.get("DIGEST_BROWSER")
    path = find() if named else find() or install()
    if path is None:
        print(
            f"the browser named by DIGEST_BROWSER does not start: {named}; name another, or none to have one found"
            if named
            else "no Chromium found and none could be installed; install Chromium or Chrome, or name one: "
            "DIGEST_BROWSER=/path/to/chromium make test",
            file=sys.stderr,
        )
        return 1
    print(f"browser of the tests: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
