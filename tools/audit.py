"""Check the built site as strangers would: HTML, links, fragments, workflows; the code is left to pytest.

``python -m tools.audit`` installs what Node's registry has into ``.audit/`` and names what it cannot check.
A problem found is exit 1; a check that this machine cannot do is only named.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from generator.site.generations import other_generation
from tests.loopback import serving
from tools import browser
from tools.links import broken_links, sample
from tools.screenshots import kinds

ROOT = Path(__file__).parent.parent
WORK = ROOT / ".audit"
NODE = WORK / "node"
LOCKS = ROOT / "tools" / "audit"
HOST = "https://digest.test"
"""Where the audited sites claim to stand: a name that is reserved and never resolves (RFC 6761)."""
MOUNTS = ("/", "/some/path/")
JUDGED = ("home", "day", "paper", "author", "search-results")
SCORES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
"""By category of Lighthouse, out of 100."""
TRIES = 3
"""How often a page may be judged: the speed alone varies with what else the machine does, so its best counts, as it
does by default in Lighthouse's own program for CI (its aggregation "optimistic")."""


class AuditError(Exception):
    """A check found something wrong; the text says what."""


class UncheckedError(Exception):
    """A check cannot be done on this machine; the text says why."""


def built_site(mount: str) -> Path:
    """Build this clone's content for an address with that path; return the folder that a host serves at ``/``."""
    name = mount.strip("/").replace("/", "-") or "top"
    source, host = WORK / "sites" / name / "root", WORK / "sites" / name / "host"
    shutil.rmtree(source / "content", ignore_errors=True)
    shutil.copytree(ROOT / "content", source / "content")
    configuration = (ROOT / "site_config.yml").read_text(encoding="utf-8")
    (source / "site_config.yml").write_text(with_url(configuration, HOST + mount), encoding="utf-8")
    output = host.joinpath(*mount.strip("/").split("/"))
    run(
        [sys.executable, "-m", "generator", "build", "--root", str(source), "--output", str(output)], "the build failed"
    )
    # What the build keeps beside the site for the next one is not what a host serves.
    shutil.rmtree(other_generation(output), ignore_errors=True)
    return host


def with_url(configuration: str, url: str) -> str:
    """Return the text of a ``site_config.yml`` with its ``url`` replaced, or added."""
    line = f"url: {url}"
    changed, count = re.subn(r"(?m)^url:.*$", line, configuration)
    return changed if count else f"{configuration.rstrip()}\n{line}\n"


def check_html(host: Path) -> None:
    """Let the Nu checker, the validator of the W3C, read every page."""
    java = shutil.which("java") or missing("no java")
    jar = node_package() / "vnu-jar" / "build" / "dist" / "vnu.jar"
    result = subprocess.run(
        [java, "-jar", str(jar), "--errors-only", "--skip-non-html", str(host)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "UnsupportedClassVersionError" in result.stderr:
        raise UncheckedError("java is too old for the Nu checker")
    if result.returncode:
        raise AuditError(shortened(result.stdout + result.stderr))


def check_links(host: Path, mount: str) -> None:
    """Follow every internal link and fragment from every page."""
    count, problems = broken_links(host, HOST)
    print(f"  {count} internal links under {mount}", flush=True)
    if problems or not count:
        raise AuditError(shortened("\n".join(problems) or "no page has a single link"))


def check_sample(host: Path) -> None:
    """Let another program follow the links of some pages: it takes a quarter of a second for each, so not of all."""
    node = shutil.which("node") or missing("no node")
    program = node_package() / "hyperlink" / "lib" / "cli.js"
    command = [node, str(program), "--internal", "--canonicalroot", f"{HOST}/", "--root", str(host)]
    result = subprocess.run([*command, *map(str, sample(host, 50))], capture_output=True, text=True, check=False)
    if result.returncode or "# fail " in result.stdout or "# tests " not in result.stdout:
        raise AuditError(shortened(failed_entries(result.stdout) or result.stdout + result.stderr))


def check_lighthouse(host: Path, mount: str) -> None:
    """Let Lighthouse judge a page of each kind that people mostly open, as on a slow phone."""
    node = shutil.which("node") or missing("no node")
    chromium = browser.find() or missing("no browser")
    program = node_package() / "lighthouse" / "cli" / "index.js"
    pages = kinds(host.joinpath(*mount.strip("/").split("/")))
    problems = []
    with serving(host) as address:
        for kind in JUDGED:
            page = f"{address}{mount.removeprefix('/')}{pages[kind]}"
            command = [node, str(program), page, "--quiet", "--output=json", "--chrome-flags=--headless --no-sandbox"]
            judge = partial(_lighthouse_report, command, os.environ | {"CHROME_PATH": chromium})
            problems += [f"{kind}: {problem}" for problem in lasting_low_scores(judge)]
    if problems:
        raise AuditError("\n".join(problems))


def _lighthouse_report(command: list[str], environment: dict[str, str]) -> str:
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        raise UncheckedError(f"Lighthouse did not run: {shortened(result.stderr, 3)}")
    return result.stdout


def lasting_low_scores(judge: Callable[[], str]) -> list[str]:
    """Return the low scores of a page that is slow in each of several reports, or low in anything else in one."""
    problems: list[str] = []
    for _ in range(TRIES):
        problems = low_scores(judge())
        if not problems or any(not problem.startswith("performance ") for problem in problems):
            break
    return problems


def low_scores(report: str) -> list[str]:
    """Return the categories of a Lighthouse report below what we hold ourselves to, and what is amiss there."""
    found = json.loads(report)
    problems = []
    for name, wanted in SCORES.items():
        category = found["categories"][name]
        score = round(100 * (category["score"] or 0))
        parts = [
            ref["id"] for ref in category["auditRefs"] if ref["weight"] and found["audits"][ref["id"]]["score"] == 0
        ]
        if score < wanted:
            problems.append(f"{name} is {score}, not {wanted}: {', '.join(parts) or 'several parts'}")
    return problems


def failed_entries(report: str) -> str:
    """Return the failed entries of a TAP report, each with its place."""
    return "".join(re.findall(r"(?ms)^not ok .*?^  \.\.\.$\n?", report))


def check_workflows() -> None:
    """Hold the workflows against GitHub's schema and zizmor's rules."""
    workflows = sorted(str(path) for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    schema = ["--builtin-schema", "vendor.github-workflows"]
    run([sys.executable, "-m", "check_jsonschema", *schema, *workflows], "the workflows break their schema")
    zizmor = Path(sys.executable).with_name("zizmor")
    run([str(zizmor), "--offline", "--no-progress", "--quiet", str(ROOT / ".github")], "zizmor has findings")


def node_package() -> Path:
    """Install the locked Node packages into the clone, once for every state of the lock; return their folder."""
    npm = shutil.which("npm") or missing("no npm")
    lock = (LOCKS / "package-lock.json").read_bytes()
    stamp, wanted = NODE / "stamp", hashlib.sha256(lock).hexdigest()
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        print("installing the checkers of HTML and links into .audit/ (once, half a minute)", flush=True)
        NODE.mkdir(parents=True, exist_ok=True)
        shutil.copy(LOCKS / "package.json", NODE)
        shutil.copy(LOCKS / "package-lock.json", NODE)
        # No package's own install script runs: none is needed for what is used here.
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        result = subprocess.run(
            command, cwd=NODE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if result.returncode:
            last = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise UncheckedError(f"npm could not install the checkers: {last}")
        stamp.write_text(wanted, encoding="utf-8")
    return NODE / "node_modules"


def missing(reason: str) -> str:
    """Give up a check for a reason; stands where a path would."""
    raise UncheckedError(reason)


def run(command: list[str], failure: str) -> None:
    """Run a command; its output is shown only when it fails."""
    result = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode:
        raise AuditError(f"{failure}\n{shortened(result.stdout + result.stderr)}")


def shortened(text: str, lines: int = 60) -> str:
    """Return the first lines of a long report and how many there were."""
    every = text.strip().splitlines()
    rest = f"\n... {len(every) - lines} more lines" if len(every) > lines else ""
    return "\n".join(every[:lines]) + rest


def audit() -> int:
    """Do every check; return 0, or 1 when one of them found a problem."""
    problems, not_checked = 0, 0

    def check(name: str, step: Callable[[], None]) -> None:
        nonlocal problems, not_checked
        try:
            step()
        except AuditError as problem:
            problems += 1
            print(f"PROBLEM in {name}:\n{problem}", flush=True)
        except UncheckedError as reason:
            not_checked += 1
            print(f"not checked: {name} ({reason})", flush=True)
        else:
            print(f"checked: {name}", flush=True)

    check("workflows", check_workflows)
    for mount in MOUNTS:
        hosts: list[Path] = []
        check(f"build under {mount}", partial(_build_into, hosts, mount))
        for host in hosts:
            check(f"links and fragments under {mount}", partial(check_links, host, mount))
            check(f"a sample of links under {mount} by hyperlink", partial(check_sample, host))
            check(f"HTML under {mount}", partial(check_html, host))
            if mount == MOUNTS[-1]:
                check("speed, accessibility and manners by Lighthouse", partial(check_lighthouse, host, mount))
    print(f"audit: {problems} checks found problems, {not_checked} could not be done here")
    return 1 if problems else 0


def _build_into(hosts: list[Path], mount: str) -> None:
    hosts.append(built_site(mount))


if __name__ == "__main__":
    os.environ.setdefault("NO_COLOR", "1")
    sys.exit(audit())
