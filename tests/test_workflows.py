"""The workflows, ours and those of ``digest init``, fit GitHub's schema, are safe by zizmor's rules and may little."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
DEPENDABOT = ROOT / ".github" / "dependabot.yml"
OURS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
STARTERS = sorted((ROOT / "generator" / "starter" / "files" / "github" / "workflows").glob("*.yml"))
WORKFLOWS = OURS + STARTERS
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def test_there_are_workflows_of_both_kinds() -> None:
    assert {path.name for path in OURS} == {"ci.yml", "publish.yml"}
    assert "publish.yml" in {path.name for path in STARTERS}


@pytest.mark.parametrize(
    ("schema", "paths"),
    [("vendor.github-workflows", WORKFLOWS), ("vendor.dependabot", [DEPENDABOT])],
    ids=["workflows", "dependabot"],
)
def test_files_fit_githubs_schema(schema: str, paths: list[Path]) -> None:
    assert_silent_success([sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)])


def test_zizmor_finds_nothing() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    assert_silent_success(
        [str(zizmor), "--offline", "--no-progress", "--persona=pedantic", *map(str, [*WORKFLOWS, DEPENDABOT])]
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_action_is_pinned_by_commit_with_its_version(path: Path) -> None:
    uses = [
        line.strip().removeprefix("- ") for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line
    ]
    assert uses
    assert [line for line in uses if not PINNED.match(line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_deployment_and_the_newsletter_may_write(path: Path) -> None:
    workflow: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    rights = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    deploy = rights.pop("deploy", None)
    assert deploy in (None, {"pages": "write", "id-token": "write"})
    # It keeps in the repository what was mailed, so that nothing is mailed twice.
    assert rights.pop("newsletter", None) in (None, {"contents": "write"})
    assert all(right == {"contents": "read"} for right in rights.values())


def assert_silent_success(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
