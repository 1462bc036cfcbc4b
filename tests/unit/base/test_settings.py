"""Preferences and atomic files."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench import settings
from workbench.files import write_atomically


def test_preferences_are_remembered() -> None:
    settings.remember("theme", "light")
    settings.remember("recent", ["a", "b"])
    assert settings.preference("theme") == "light"
    assert settings.preference("recent") == ["a", "b"]
    assert settings.preference("missing", 3) == 3


@pytest.mark.parametrize("content", ["", "{", "[1]", "\x00\xff"])
def test_a_broken_preferences_file_is_as_good_as_none(content: str) -> None:
    (settings.home() / "preferences.json").write_text(content, encoding="latin-1")  # no UTF-8
    assert settings.preference("theme", "dark") == "dark"
    settings.remember("theme", "light")
    assert settings.preference("theme") == "light"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_atomically(path, b"old")

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
