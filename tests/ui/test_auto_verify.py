"""With plain C as the engine, figures become compiled and emulated ones by themselves."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from workbench.figures import Source
from workbench.operations.settings import change_settings
from workbench.project.settings import ProjectSettings


def choose_c(opened: Any) -> None:
    project = opened.session.project
    opened.session.perform(change_settings, dataclasses.replace(project.settings(ProjectSettings), engine="c"))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No waiting for quiet; results are kept where no other test finds them."""
    monkeypatch.setattr("workbench.ui.auto_verify._QUIET_MS", 0)
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


def test_what_a_verification_found_replaces_estimates(
    at_once: None, opened: Any, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr("workbench.ui.auto_verify._VERIFY", "slow_work:verified")
    opened.session.open(trained)
    opened.wait_until(lambda: opened.session.figures is not None and not opened.session.figures_stale)
    assert opened.session.figures.latency.source is Source.ESTIMATED
    choose_c(opened)
    opened.wait_until(lambda: opened.session.figures.latency.source is Source.EMULATED)
    figures = opened.session.figures
    assert figures.flash.source is Source.COMPILED and figures.ram.source is Source.COMPILED
    parts = {part.name: part.value for part in figures.latency.parts}
    features = parts["normalization"]  # of raw windows, told as estimated beside the network
    assert features > 0 and "Inference (emulated)" in figures.latency.note
    assert figures.latency.value == pytest.approx(64_010 / 64e6 + features)
    assert opened.messages() == []


def test_one_that_fails_is_told_once(
    at_once: None, opened: Any, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr("workbench.ui.auto_verify._VERIFY", "slow_work:refuse_two")
    opened.session.open(trained)
    choose_c(opened)
    opened.wait_until(lambda: any("stay estimates" in text for text in opened.messages()))
    opened.session.recompute_figures()
    opened.wait_until(lambda: not opened.session.figures_stale)
    assert not opened.session.bridge.active
    assert opened.session.figures.latency.source is Source.ESTIMATED
