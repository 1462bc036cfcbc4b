from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.boards import Board, find_board
from workbench.features import parameters as feature_parameters
from workbench.features.settings import FeatureSettings
from workbench.figures import Source
from workbench.operations.fit_figures import fit_figures, verdict
from workbench.operations.memory import variant_memory
from workbench.project import Project
from workbench.project.model import Variant
from workbench.project.settings import ProjectSettings
from workbench.training import evaluation


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project", "Keywords") as opened:
        yield opened


@pytest.fixture
def board() -> Board:
    return find_board("nano33ble_sense")


def classified() -> dict[str, Any]:
    scores = np.eye(2)[[0] * 45 + [1] * 55]
    truth = np.array([0] * 50 + [1] * 50)
    return evaluation.to_json(evaluation.evaluate_classification(truth, scores, ("up", "down"), split="validation"))


def add_variant(project: Project, model: bytes, results: dict[str, Any], *, runs_on_boards: bool = True) -> Variant:
    parameters = feature_parameters.FeatureParameters(
        FeatureSettings("raw"), 50.0, ("x",), (490, 1), 10, (49, 10, 1), (0.0,), (1.0,)
    )
    with project.step("Train"):
        run = project.add_run(
            title="run",
            task="classification",
            classes=("up", "down"),
            target_unit="",
            settings={},
            input_shape=(49, 10, 1),
            parameters=1,
            split={},
            features=feature_parameters.to_json(parameters),
            history={},
            evaluation={},
            model=b"keras",
        )
        variant = project.add_variant(
            run,
            name="int8",
            recipe={},
            model=model,
            quantization="int8",
            sparsity=0.0,
            evaluation=results,
            runs_on_boards=runs_on_boards,
        )
    return project.variant(variant)


@pytest.fixture
def keywords(shared: Path) -> bytes:
    return (shared / "models" / "mlperf_kws_ref_int8.tflite").read_bytes()


def test_figures(project: Project, board: Board, keywords: bytes) -> None:
    figures = fit_figures(project, add_variant(project, keywords, classified()), board)
    assert figures.fits is True
    assert figures.verdict.startswith("Fits: ")
    assert figures.flash.limit == board.flash_bytes
    assert figures.flash.source is Source.ESTIMATED
    assert figures.flash.value == sum(part.value for part in figures.flash.parts)
    assert figures.flash.low < figures.flash.value < figures.flash.high  # type: ignore[operator]  # all are known
    arena = next(part.value for part in figures.ram.parts if part.name == "arena")
    assert arena == 22_832
    assert next(part.value for part in figures.ram.parts if part.name == "window of samples") == 490 * 4
    assert figures.latency.unit == "s"
    assert figures.energy.unit == "J"
    assert figures.accuracy.value == pytest.approx(0.95)
    assert figures.accuracy.low == pytest.approx(0.888, abs=0.002)
    assert figures.accuracy.high == pytest.approx(0.978, abs=0.002)
    assert "validation" in figures.accuracy.note


def test_too_big_is_said_with_numbers(project: Project, board: Board, keywords: bytes) -> None:
    variant = add_variant(project, keywords, classified())
    small = dataclasses.replace(board, ram_bytes=20_000, reserved_ram_bytes=0)
    figures = fit_figures(project, variant, small)
    assert figures.fits is False
    over = figures.ram.value - 20_000  # type: ignore[operator]  # it is known
    assert figures.verdict.startswith(f"Over by {over / 1024:.1f}")
    assert "KB RAM" in figures.verdict
    assert "largest part is the arena with 22.3" in figures.verdict


def test_both_flash_and_ram_over(project: Project, board: Board, keywords: bytes) -> None:
    tiny = dataclasses.replace(board, ram_bytes=1000, flash_bytes=1000, reserved_ram_bytes=0, reserved_flash_bytes=0)
    said = verdict(variant_memory(project, add_variant(project, keywords, classified()), tiny))
    assert "KB flash and " in said


def test_the_users_own_firmware_counts(project: Project, board: Board, keywords: bytes) -> None:
    variant = add_variant(project, keywords, classified())
    before = fit_figures(project, variant, board)
    with project.step("Budget"):
        project.save_settings(ProjectSettings(firmware_flash_bytes=100_000, firmware_ram_bytes=50_000))
    after = fit_figures(project, variant, board)
    assert after.flash.value == before.flash.value + 100_000  # type: ignore[operator]  # both are known
    assert after.ram.value == before.ram.value + 50_000  # type: ignore[operator]  # both are known


def test_what_runs_on_no_board_has_an_accuracy_alone(project: Project, board: Board) -> None:
    variant = add_variant(project, b"not read", classified(), runs_on_boards=False)
    figures = fit_figures(project, variant, board)
    assert figures.fits is None
    assert figures.flash.value is None
    assert "phone" in figures.ram.note
    assert figures.accuracy.value == pytest.approx(0.95)


def test_regression_shows_its_error_with_a_band(project: Project, board: Board, keywords: bytes) -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=400)
    guess = truth + rng.normal(scale=2.0, size=400)
    results = evaluation.to_json(evaluation.evaluate_regression(truth, guess, "m/s", split="validation"))
    accuracy = fit_figures(project, add_variant(project, keywords, results), board).accuracy
    error = np.abs(guess - truth)
    half = 1.96 * error.std(ddof=1) / 20  # of independent windows, which resampling comes near
    assert accuracy.unit == "m/s"
    assert (accuracy.value, accuracy.low) == (pytest.approx(error.mean()), pytest.approx(error.mean() - half, rel=1e-2))


def test_a_board_that_runs_no_models(project: Project, board: Board, keywords: bytes) -> None:
    closed = dataclasses.replace(board, programmable=False, why_not="its firmware is locked.")
    figures = fit_figures(project, add_variant(project, keywords, classified()), closed)
    assert figures.fits is None
    assert "its firmware is locked" in figures.verdict


def test_a_prediction_that_takes_longer_than_the_stride_does_not_fit(
    project: Project, board: Board, keywords: bytes
) -> None:
    variant = add_variant(project, keywords, classified())
    stride_s = fit_figures(project, variant, board).latency.limit
    assert stride_s is not None
    slow_core = dataclasses.replace(board.core, clock_hz=100_000)
    figures = fit_figures(project, variant, dataclasses.replace(board, core=slow_core))
    assert figures.latency.value is not None
    assert figures.latency.value > stride_s
    assert figures.fits is False
    assert "Too slow: a prediction takes about" in figures.verdict
    assert figures.verdict.startswith("Fits: ")  # in memory it does
