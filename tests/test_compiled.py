"""Compiled templates are kept, and believed only where they are whole and of the same program."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from generator.site.rendering.compiled import CompiledTemplates


class _Counting(Environment):
    """Counts what it compiles."""

    compiled = 0

    def _generate(self, *arguments: object, **named: object) -> str:
        self.compiled += 1
        return super()._generate(*arguments, **named)  # type: ignore[arg-type]


def _compile(text: str, templates: CompiledTemplates) -> tuple[str, int]:
    """Return what a template gives, and how often it was compiled for that."""
    env = _Counting(loader=DictLoader({"page": text}), bytecode_cache=templates)
    return env.get_template("page").render(name="A"), env.compiled


def test_template_is_compiled_once_for_many_builds(tmp_path: Path) -> None:
    assert _compile("{{ name }}!", CompiledTemplates(tmp_path / "kept", b"1")) == ("A!", 1)
    assert _compile("{{ name }}!", CompiledTemplates(tmp_path / "kept", b"1")) == ("A!", 0)


def test_template_is_compiled_once_for_many_environments() -> None:
    templates = CompiledTemplates(None, b"1")
    assert [_compile("{{ name }}", templates)[1] for _ in range(3)] == [1, 0, 0]


def test_changed_template_is_compiled_again(tmp_path: Path) -> None:
    _compile("{{ name }}!", CompiledTemplates(tmp_path, b"1"))
    assert _compile("{{ name }}?", CompiledTemplates(tmp_path, b"1")) == ("A?", 1)


def test_other_program_compiles_again(tmp_path: Path) -> None:
    _compile("{{ name }}!", CompiledTemplates(tmp_path, b"1"))
    assert _compile("{{ name }}!", CompiledTemplates(tmp_path, b"2")) == ("A!", 1)


@pytest.mark.parametrize("damage", [b"", b"\0" * 200, None])
def test_damaged_file_is_not_believed(tmp_path: Path, damage: bytes | None) -> None:
    _compile("{{ name }}!", CompiledTemplates(tmp_path, b"1"))
    (kept,) = tmp_path.iterdir()
    data = kept.read_bytes()
    kept.write_bytes(data[:-9] + b"surprise!" if damage is None else damage)
    assert _compile("{{ name }}!", CompiledTemplates(tmp_path, b"1")) == ("A!", 1)
    assert kept.read_bytes() == data


def test_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert _compile("{{ name }}!", CompiledTemplates(tmp_path / "file", b"1")) == ("A!", 1)
