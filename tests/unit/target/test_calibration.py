"""The fit behind the costs of steps: it can be repeated, and it foretells models it has not seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.target.calibration import (
    Measurement,
    fit,
    leave_one_out,
    predict,
    read_measurements,
    worth_keeping,
)
from workbench.target.costs import load_costs

COSTS = load_costs()
MAC, OUTPUT = ("reference", "fully_connected.mac"), ("reference", "fully_connected.output")


@pytest.fixture(scope="module")
def measurements(shared: Path) -> list[Measurement]:
    return read_measurements(shared / "models" / "tflm_memory.json", shared / "models", COSTS)


def test_the_stored_values_are_the_fit(measurements: list[Measurement]) -> None:
    fitted = worth_keeping(measurements, fit(measurements, COSTS))
    stored = {
        (table, name): step.fitted
        for table, steps in COSTS.steps.items()
        for name, step in steps.items()
        # Steps that are said to cost the same are one object; the first name stands for them.
        if step.fitted is not None and next(other for other, row in steps.items() if row is step) == name
    }
    assert stored == {key: pytest.approx(value, rel=0.02) for key, value in fitted.items()}


def test_a_model_left_out_is_foretold(measurements: list[Measurement]) -> None:
    """Not a look-up: each model is estimated from the others alone."""
    ratios = leave_one_out(measurements, COSTS)
    assert len(ratios) == 18
    assert all(1 / 1.4 < ratio < 1.4 for ratio in ratios.values()), ratios
    shared_steps = [r for (model, _), r in ratios.items() if model.startswith("mlperf")]
    assert all(1 / 1.25 < ratio < 1.25 for ratio in shared_steps), ratios


def test_the_fit_finds_the_values_that_made_the_counts() -> None:
    truth = {MAC: 8.0, OUTPUT: 60.0}
    steps = [{MAC: macs, OUTPUT: outputs} for macs, outputs in ((1e6, 10), (1e3, 1e3), (5e5, 2e4))]
    found = fit([Measurement("m", "reference", s, predict(s, truth, COSTS)) for s in steps], COSTS)
    assert found[MAC] == pytest.approx(8.0, rel=0.01)
    assert found[OUTPUT] == pytest.approx(60.0, rel=0.01)


def test_a_step_nobody_measured_keeps_its_guess() -> None:
    assert predict({MAC: 10.0}, {}, COSTS) == 10 * COSTS.steps["reference"]["fully_connected.mac"].guess


def test_bands_are_no_narrower_than_the_leave_one_out_errors() -> None:
    for table, steps in COSTS.steps.items():
        for name, step in steps.items():
            assert step.band >= 1.25, (table, name)
            if step.fitted is None:
                assert step.band == step.spread, (table, name)
