"""What computing features takes: steps by hand, counts of the emulator within the band, nothing unknown as zero."""

from __future__ import annotations

import dataclasses

import pytest

from workbench.boards import Board, find_board
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings
from workbench.figures import Source
from workbench.target.core import core_names
from workbench.target.feature_cost import FeatureCosts, feature_costs, feature_latency, feature_steps

NANO, PICO = find_board("nano33ble_sense"), find_board("pico")
FPU = {True: "fpu", False: "plain"}


def window(block: str, rows: int, channels: int, bands: int = 16) -> FeatureParameters:
    values = {"raw": rows * channels, "statistics": 7 * channels, "spectrum": bands * channels}[block]
    return FeatureParameters(
        FeatureSettings(block, bands), 50.0, ("x",) * channels, (rows, channels), rows, (values,), (0.0,), (1.0,)
    )


PICTURE = FeatureParameters(FeatureSettings(), None, ("grey",), (8, 6, 1), 0, (8, 6, 1), (0.0,), (1.0,))


def costs_of(core: str, *, fpu: bool) -> FeatureCosts:
    found = feature_costs(core, fpu)
    assert found is not None
    return found


def test_the_steps_of_each_block_by_hand() -> None:
    assert feature_steps(window("raw", 50, 6), "float32") == {"window": 1, "normalize.value": 300, "raw.value": 300}
    assert feature_steps(window("statistics", 50, 6), "int8") == {
        "window": 1,
        "normalize.value": 42,
        "quantize.value": 42,
        "statistics.sample": 300,
        "statistics.channel": 6,
    }
    assert feature_steps(window("spectrum", 100, 2), "int16") == {
        "window": 1,
        "normalize.value": 32,
        "quantize.value": 32,
        "spectrum.sample": 200,
        "spectrum.butterfly": 2 * 7 * 64,  # a transform of 128
        "spectrum.power": 128,
        "spectrum.band": 32,
    }
    assert feature_steps(PICTURE, "uint8") == {
        "window": 1,
        "normalize.value": 48,
        "quantize.value": 48,
        "picture.value": 48,
    }


# Cycles of cases that the constants were not fitted to, as feature_calibration.count() gives them.
COUNTED = (
    ("cortex-m0plus", False, window("raw", 400, 2), 1_384_847),
    ("cortex-m0plus", False, window("statistics", 200, 4), 994_197),
    ("cortex-m0plus", False, window("spectrum", 256, 2, 32), 2_966_962),
    ("cortex-m3", False, window("raw", 400, 2), 728_821),
    ("cortex-m3", False, window("statistics", 200, 4), 632_205),
    ("cortex-m3", False, window("spectrum", 256, 2, 32), 1_396_947),
    ("cortex-m4", True, window("raw", 400, 2), 114_520),
    ("cortex-m4", True, window("statistics", 200, 4), 46_737),
    ("cortex-m4", True, window("spectrum", 256, 2, 32), 180_636),
)


@pytest.mark.parametrize(("core", "fpu", "parameters", "cycles"), COUNTED)
def test_the_formula_foretells_counts_it_was_not_fitted_to(
    core: str, fpu: bool, parameters: FeatureParameters, cycles: float
) -> None:
    costs = costs_of(core, fpu=fpu)
    modelled = costs.total(feature_steps(parameters, "int8"))
    assert costs.low * modelled <= cycles <= costs.high * modelled
    assert modelled == pytest.approx(cycles, rel=0.05)


@pytest.mark.parametrize("core", core_names())
def test_every_core_has_costs_that_make_sense(core: str) -> None:
    known = [found for found in (feature_costs(core, fpu=True), feature_costs(core, fpu=False)) if found]
    assert known
    for costs in known:
        assert costs.low <= 1 <= costs.high < 2 and "emulated" in costs.source
        assert min(costs.cycles.values()) >= 0
        for block in ("raw", "statistics", "spectrum"):
            totals = [
                costs.total(feature_steps(one, "int8"))
                for one in (window(block, 50, 3), window(block, 51, 3), window(block, 60, 3), window(block, 60, 4))
            ]
            assert totals == sorted(totals) and totals[0] < totals[-1], (core, block)
        few, many = (costs.total(feature_steps(window("spectrum", 128, 3, bands), "int8")) for bands in (4, 32))
        assert few < many
    if len(known) == 2:
        with_unit, without = (one.total(feature_steps(window("spectrum", 128, 3), "int8")) for one in known)
        assert without > 4 * with_unit, "floating point in software takes longer"


def test_time_and_parts_of_a_window() -> None:
    parameters = window("spectrum", 128, 3)
    found = feature_latency(parameters, "int8", NANO)
    cycles = costs_of("cortex-m4", fpu=True).total(feature_steps(parameters, "int8"))
    assert found.value == pytest.approx(cycles / 64e6)
    assert found.low is not None and found.high is not None and found.low < found.value < found.high
    assert found.source is Source.ESTIMATED and "emulated Arm Cortex-M4" in found.note and "128 × 3" in found.note
    assert [part.name for part in found.parts] == ["spectrum features", "normalization"]
    assert sum(part.value for part in found.parts) == pytest.approx(found.value)
    assert [part.name for part in feature_latency(window("raw", 128, 3), "int8", NANO).parts] == ["normalization"]
    assert feature_latency(PICTURE, "int8", NANO).value


def test_a_float_input_is_not_quantized() -> None:
    parameters = window("raw", 128, 3)
    as_float, as_int8 = (feature_latency(parameters, dtype, PICO).value for dtype in ("float32", "int8"))
    assert as_float is not None and as_int8 is not None and as_float < as_int8


def on_core(name: str, fpu: str) -> Board:
    return dataclasses.replace(NANO, core=dataclasses.replace(NANO.core, name=name, fpu=fpu))


def test_what_nobody_measured_is_not_known_and_says_so() -> None:
    for board, said in (
        (on_core("cortex-m23", "none"), "cortex-m23 without a floating-point unit"),
        (on_core("arc-em9d", "single"), "arc-em9d"),
        (on_core("cortex-m85", "double"), "cortex-m85"),
    ):
        found = feature_latency(window("raw", 50, 3), "int8", board)
        assert found.value is None and found.source is None
        assert found.note.startswith("nobody measured") and found.note.endswith(said)
