"""The locks hold what ``pyproject.toml`` and the code ask for, with hashes and without anybody's host."""

import ast
import re
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SITE_LOCK = ROOT / "requirements" / "site.txt"
PEOPLE_LOCK = ROOT / "requirements" / "people.txt"
DEV_LOCK = ROOT / "requirements" / "dev.txt"


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    return {normalized(re.split(r"[^\w.-]", requirement, maxsplit=1)[0]) for requirement in requirements}


def locked(path: Path) -> dict[str, list[str]]:
    """Return the pins of a lock (name and version, marker left out) with the hashes of each."""
    blocks = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
    return {
        re.split(r"[ ;\\]", block, maxsplit=1)[0]: re.findall(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks
    }


@pytest.mark.parametrize("path", [SITE_LOCK, PEOPLE_LOCK, DEV_LOCK], ids=lambda path: path.stem)
def test_every_locked_package_has_a_version_and_hashes(path: Path) -> None:
    pins = locked(path)
    assert len(pins) > 20
    assert [
        pin for pin, hashes in pins.items() if not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!]+", pin) or not hashes
    ] == []


def test_what_a_locked_package_asks_for_with_extras_is_locked_with_them() -> None:
    """Or pip refuses it once there is a newer version than the locked one."""
    pins = {pin.partition("==")[0] for pin in locked(DEV_LOCK)}
    locked_names = names(list(pins))
    asked = {
        found[0]
        for installed in distributions()
        if normalized(installed.metadata["Name"]) in locked_names
        for requirement in installed.requires or ()
        if "extra ==" not in requirement and (found := re.match(r"[\w.-]+\[[\w,-]+\]", requirement))
    }
    assert "coverage[toml]" in asked
    assert asked <= pins


def test_locks_name_no_host() -> None:
    files = [SITE_LOCK, PEOPLE_LOCK, DEV_LOCK]
    assert [
        path.name for path in files if re.search(r"://|^-|\s@\s", path.read_text(encoding="utf-8"), re.MULTILINE)
    ] == []
    assert '"resolved"' not in (ROOT / "tools" / "audit" / "package-lock.json").read_text(encoding="utf-8")


def test_site_lock_holds_what_the_package_needs() -> None:
    assert names(PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"]) <= names(
        list(locked(SITE_LOCK))
    )


def test_dev_lock_holds_the_site_lock_and_the_tools() -> None:
    assert set(locked(SITE_LOCK)) <= set(locked(DEV_LOCK))
    tools = PROJECT["dependency-groups"]["dev"] + PROJECT["project"]["optional-dependencies"]["people"]
    assert names(tools) <= names(list(locked(DEV_LOCK)))


def test_the_lock_for_telling_people_apart_lies_between_the_two() -> None:
    more = set(locked(PEOPLE_LOCK)) - set(locked(SITE_LOCK))
    assert set(locked(SITE_LOCK)) <= set(locked(PEOPLE_LOCK)) <= set(locked(DEV_LOCK))
    assert names(list(more)) == names(PROJECT["project"]["optional-dependencies"]["people"])


def test_code_imports_only_what_the_package_asks_for() -> None:
    base = names(PROJECT["project"]["dependencies"])
    people = names(PROJECT["project"]["optional-dependencies"]["people"])
    owners = packages_distributions()
    undeclared = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in (ROOT / "generator").rglob("*.py")
        for module in {name.partition(".")[0] for name in imports(path)}
        if module not in sys.stdlib_module_names
        and module != "generator"
        and (base | (people if path.parent.name == "identity" else set())).isdisjoint(
            map(normalized, owners.get(module, []))
        )
    }
    assert undeclared == set()


# import-linter knows packages from outside only as wholes: http.server is welcome where http.client is not.
@pytest.mark.parametrize("wing", ["site", "catalog"])
def test_building_imports_no_http_client_of_the_standard_library(wing: str) -> None:
    paths = sorted((ROOT / "generator" / wing).rglob("*.py"))
    assert paths
    imported = {module for path in paths for module in imports(path)}
    assert imported.isdisjoint({"http.client", "socket", "ssl", "urllib.request"})


def imports(path: Path) -> set[str]:
    """Return the modules that a file imports, and for ``from a import b`` the name ``a.b`` too."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module)
            modules.update(f"{node.module}.{alias.name}" for alias in node.names)
    return modules
