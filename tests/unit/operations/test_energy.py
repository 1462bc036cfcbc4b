"""Energy in use, from the very costs that the fit bar shows."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from workbench.boards import find_board
from workbench.cli import main
from workbench.errors import BadModel, NotPossible
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings
from workbench.figures import Figure, Source
from workbench.operations.energy import (
    EnergyWanted,
    in_words,
    life_in_words,
    model_energy,
    project_energy,
    raw_bytes,
)
from workbench.operations.fit_figures import fit_figures
from workbench.operations.settings import change_settings
from workbench.operations.verified import keep
from workbench.project import Project
from workbench.project.settings import ProjectSettings
from workbench.quantities import THIN_SPACE
from workbench.target.core import board_core
from workbench.target.duty import Duty
from workbench.target.verify import Verification

NANO = find_board("nano33ble_sense")
SERIES = FeatureParameters(
    FeatureSettings("raw"), 50.0, ("x", "y", "z"), (100, 3), 25, (100, 3), (0.0,) * 3, (1.0,) * 3
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept here is true of no network."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def model(shared: Path) -> bytes:
    return (shared / "models" / "hello_world_int8.tflite").read_bytes()


def with_variant(project: Project, model: bytes, *, runs_on_boards: bool = True) -> None:
    with project.step("Add"):
        project.add_variant(
            None, name="sine", recipe={}, model=model, evaluation={}, sparsity=0.0,
            quantization="int8" if runs_on_boards else "float16", runs_on_boards=runs_on_boards,
        )  # fmt: skip


def test_a_project_takes_what_the_fit_bar_shows(project: Project, model: bytes, verification: Verification) -> None:
    with_variant(project, model)
    change_settings(project, ProjectSettings(engine="c"))
    variant = project.current_variant()
    assert variant is not None
    for source in (Source.ESTIMATED, Source.EMULATED):
        shown = fit_figures(project, variant, NANO)
        report = project_energy(project, EnergyWanted())
        assert report.latency.source is source is shown.latency.source
        assert report.latency.value == shown.latency.value
        for side in ("value", "low", "high"):
            assert getattr(report.inference, side) == getattr(shown.energy, side)
        keep(model, verification, board_core(NANO), None)
    assert report.latency.value == 0.001
    assert project_energy(project, EnergyWanted(engine="tflm")).latency.source is Source.ESTIMATED
    assert project_energy(project, EnergyWanted(option="size")).latency.source is Source.ESTIMATED


def test_a_model_that_was_verified_takes_what_was_emulated(
    model: bytes, verification: Verification, tmp_path: Path
) -> None:
    keep(model, verification, board_core(NANO), None)
    wanted = EnergyWanted(NANO.id, engine="c")
    report = model_energy(model, wanted)
    assert report.latency.source is Source.EMULATED
    arithmetic = 3 * 3.1 + 4 * 0.1
    assert report.inference.value is not None
    assert report.inference.parts[0].value / report.inference.value == pytest.approx(arithmetic / (arithmetic + 4 * 5))
    assert "emulated core loads and stores" in report.inference.note
    assert model_energy(model, dataclasses.replace(wanted, engine="")).latency.source is Source.ESTIMATED
    (tmp_path / "no.tflite").write_bytes(b"no model")
    with pytest.raises(BadModel, match=r"no\.tflite"):
        model_energy(tmp_path / "no.tflite", wanted)


def test_the_command_line_says_the_same_with_the_projects_duty(
    project: Project, model: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    with_variant(project, model)
    change_settings(project, Duty("lora", every_s=600.0, sent_bytes=12))
    expected = project_energy(project, EnergyWanted(duty=Duty("lora", every_s=600.0, sent_bytes=12, battery_mah=2500)))
    folder = project.folder
    project.close()
    assert main(["energy", str(folder), "--battery-mah", "2500", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(expected.to_json()))
    assert main(["energy", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "(estimated); LoRa" in said and "on 220" in said
    assert main(["energy", str(folder), "--every-s", "0"]) == 2


def test_the_duty_is_undone_like_any_setting(project: Project) -> None:
    change_settings(project, Duty(every_s=5.0))
    assert project.settings(Duty).every_s == 5.0
    project.undo()
    assert project.settings(Duty) == Duty()


def test_without_a_model_or_for_phones_the_reason_is_said(project: Project, model: bytes) -> None:
    with pytest.raises(NotPossible, match="no model yet"):
        project_energy(project, EnergyWanted())
    with_variant(project, model, runs_on_boards=False)
    with pytest.raises(NotPossible, match="phone"):
        project_energy(project, EnergyWanted())


def test_raw_data_are_what_was_sampled_since_a_window_at_the_most() -> None:
    assert raw_bytes(SERIES, Duty(every_s=0.5)) == 25 * 3 * 2
    assert raw_bytes(SERIES, Duty(every_s=3600.0)) == 100 * 3 * 2
    assert raw_bytes(dataclasses.replace(SERIES, rate_hz=None, input_shape=(28, 28, 1)), Duty()) == 784


def test_lives_in_words(model: bytes) -> None:
    day = 86_400.0
    assert life_in_words(Figure(213 * day, "s")) == f"213{THIN_SPACE}d"
    assert life_in_words(Figure(unit="s", high=9 * day)) == f"at the most 9.00{THIN_SPACE}d"
    report = model_energy(model, EnergyWanted(NANO.id))
    known, most = Figure(213 * day, "s"), Figure(unit="s", high=9 * day)
    for life, raw, said in (
        (known, most, "213 d on 220 mAh when predicting, at the most 9.00 d when sending the raw data instead."),
        (most, Figure(), "At the most 9.00 d on 220 mAh when predicting, not known when sending the raw data instead."),
        (
            Figure(),
            known,
            "How long 220 mAh last when predicting is not known; 213 d when sending the raw data instead.",
        ),
    ):
        told = in_words(dataclasses.replace(report, life=life, life_raw=raw))
        assert told.replace(THIN_SPACE, " ") == said
