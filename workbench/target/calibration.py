"""Instructions a step, found from instruction counts of whole models.

A model's count is Σ steps · instructions, with far more kinds of steps than measured models; so each kind starts from
a guess, and the fit weighs both: it minimises Σ (ln(estimate / measured) / 0.02)² + Σ (ln(value / guess) / ln spread)²
over all models and all kinds of steps (a maximum a posteriori estimate with log-normal errors).
``python -m workbench.target.calibration COUNTS.json MODELS_FOLDER`` prints the fitted values.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.target.cost import count_operations
from workbench.target.costs import Costs, load_costs

# How far a count may be off its sum of steps: loops that end early, alignment, branches the steps do not see.
MEASUREMENT_SPREAD = 0.02
ENGINES = {"tflm": "reference", "tflm-cmsis": "cmsis-nn"}

StepKey = tuple[str, str]  # table, name; steps that are said to cost the same share a key


@dataclass(frozen=True)
class Measurement:
    """The instructions one inference took, and how often each step ran."""

    model: str
    kernels: str
    steps: Mapping[StepKey, float]
    instructions: float


def counted_steps(graph: Graph, kernels: str, costs: Costs) -> Mapping[StepKey, float]:
    """How often each priced step runs in one inference."""
    total: dict[StepKey, float] = defaultdict(float)
    for count in count_operations(graph):
        for name, times in (count.terms or {}).items():
            found = costs.step(kernels, count.arithmetic, name)
            if found:
                table, step = found
                first = next(other for other, row in costs.steps[table].items() if row is step)
                total[table, first] += times
    return total


def read_measurements(counts: Path, models: Path, costs: Costs) -> list[Measurement]:
    """The measurements in a JSON file ``{model: {engine: {"instructions_O2": n}}}`` and the models' files."""
    found = []
    for model, engines in json.loads(counts.read_text(encoding="utf-8")).items():
        for engine, kernels in ENGINES.items():
            instructions = engines[engine].get("instructions_O2")
            if instructions:
                graph = read_graph((models / f"{model}.tflite").read_bytes())
                found.append(Measurement(model, kernels, counted_steps(graph, kernels, costs), instructions))
    return found


def fit(measurements: Sequence[Measurement], costs: Costs) -> dict[StepKey, float]:
    """Instructions of every step that the measurements touch."""
    import numpy as np
    from scipy.optimize import least_squares

    keys = sorted({key for measurement in measurements for key in measurement.steps})
    times = np.array([[measurement.steps.get(key, 0.0) for key in keys] for measurement in measurements])
    measured = np.log([measurement.instructions for measurement in measurements])
    guesses = np.log([costs.steps[table][name].guess for table, name in keys])
    spreads = np.log([costs.steps[table][name].spread for table, name in keys])

    def errors(logarithms: np.ndarray) -> np.ndarray:
        against_counts = (np.log(times @ np.exp(logarithms)) - measured) / MEASUREMENT_SPREAD
        return np.concatenate([against_counts, (logarithms - guesses) / spreads])

    return {key: math.exp(value) for key, value in zip(keys, least_squares(errors, guesses).x, strict=True)}


def predict(steps: Mapping[StepKey, float], values: Mapping[StepKey, float], costs: Costs) -> float:
    """Instructions of one inference; a step without a value costs its guess."""
    return sum(times * values.get(key, costs.steps[key[0]][key[1]].guess) for key, times in steps.items())


def leave_one_out(measurements: Sequence[Measurement], costs: Costs) -> dict[tuple[str, str], float]:
    """Estimate over measurement for each model and kernel set, fitted without that model."""
    ratios = {}
    for model in dict.fromkeys(measurement.model for measurement in measurements):
        values = fit([m for m in measurements if m.model != model], costs)
        for m in measurements:
            if m.model == model:
                ratios[model, m.kernels] = predict(m.steps, values, costs) / m.instructions
    return ratios


def worth_keeping(measurements: Sequence[Measurement], values: Mapping[StepKey, float]) -> dict[StepKey, float]:
    """The values of steps that make up a fiftieth of some model at least: the others were hardly measured."""
    return {
        key: value
        for key, value in values.items()
        if any(m.steps.get(key, 0.0) * value > m.instructions / 50 for m in measurements)
    }


def main() -> None:
    """Print the fitted values, one line a step."""
    counts, models = (Path(argument) for argument in sys.argv[1:3])
    costs = load_costs()
    measurements = read_measurements(counts, models, costs)
    for (table, name), value in worth_keeping(measurements, fit(measurements, costs)).items():
        sys.stdout.write(f'[steps.{table}] "{name}" fitted = {value:.3g}\n')


if __name__ == "__main__":
    main()
