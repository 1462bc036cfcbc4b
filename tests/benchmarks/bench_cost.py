"""How near the estimated instruction counts come to the measured ones, fitted with and without the model."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.target.calibration import leave_one_out, predict, read_measurements
from workbench.target.costs import load_costs


@pytest.mark.bench
def test_residuals(shared: Path, figure: Callable[[str, str, str], None]) -> None:
    costs = load_costs()
    measurements = read_measurements(shared / "models" / "tflm_memory.json", shared / "models", costs)
    stored = {
        (table, name): step.instructions.typical for table, steps in costs.steps.items() for name, step in steps.items()
    }
    left_out = leave_one_out(measurements, costs)
    for m in measurements:
        residual = predict(m.steps, stored, costs) / m.instructions - 1
        unseen = left_out[m.model, m.kernels] - 1
        figure(
            f"{m.model}, {m.kernels}, measured {m.instructions:,} instructions",
            f"estimate {residual:+.1%}, without having seen it {unseen:+.1%}",
            "",
        )
    errors = [abs(ratio - 1) for ratio in left_out.values()]
    figure("error for an unseen model, median and worst", f"{statistics.median(errors):.1%}, {max(errors):.1%}", "40 %")
