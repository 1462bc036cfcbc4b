"""dev.py says what a fresh machine lacks, in words that can be typed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", REPOSITORY / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Debian's packages are a matter of Linux")
def test_missing_libraries_are_named_by_their_package(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "_loads", lambda library: library != "libEGL.so.1")
    monkeypatch.setattr(dev, "has_display", lambda: False)
    assert "libegl1" in dev.missing_packages(for_tests=False)
    assert "libgl1" not in dev.missing_packages(for_tests=False)


def test_without_rights_the_exact_command_is_printed(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda _: "/usr/bin/apt-get")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(dev.Problem, match="sudo apt-get install -y libegl1 libgl1"):
        dev.install_debian(["libegl1", "libgl1"], "Qt")


def test_another_linux_is_told_what_it_needs(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda _: None)
    with pytest.raises(dev.Problem, match="what Debian calls libegl1"):
        dev.install_debian(["libegl1"], "Qt")


def test_an_unsupported_python_says_which_to_get(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 14, 0))
    monkeypatch.setattr(dev.shutil, "which", lambda _: None)
    with pytest.raises(dev.Problem, match=r"This is Python 3\.14; TensorFlow needs 3\.11, 3\.12 or 3\.13"):
        dev.restart_with_supported_python()


def test_the_lock_names_no_host_and_pins_everything() -> None:
    lines = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert all("==" in line for line in lines)
    assert not any("://" in line or line.startswith("-") for line in lines)


def test_ci_calls_the_same_check_as_people_do() -> None:
    assert "python3 dev.py check" in (REPOSITORY / ".ci/run").read_text(encoding="utf-8")
