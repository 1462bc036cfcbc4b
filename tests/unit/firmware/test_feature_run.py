"""The feature computation of an export on emulated cores: the bits of Python, in the cycles that are shown."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.features import compute as features
from workbench.firmware.feature_calibration import (
    STEPS,
    UNSEEN,
    Case,
    Count,
    Place,
    count,
    fit,
    material,
    places,
)
from workbench.firmware.feature_run import run_features
from workbench.target.core import core_names
from workbench.target.feature_cost import feature_costs, feature_steps

CORES = (("cortex-m0plus", False), ("cortex-m3", False), ("cortex-m4", True), ("rv32imc", False))


def place(name: str, *, fpu: bool) -> Place:
    return next(one for one in places() if (one.core.name, one.fpu) == (name, fpu))


def test_every_core_is_measured_or_has_a_stand_in() -> None:
    assert {one.core.name for one in places()} == set(core_names())
    assert all(one.counted.emulator for one in places())


def test_the_fit_finds_the_cycles_that_made_the_counts() -> None:
    truth = dict(zip(STEPS, range(10, 10 + 5 * len(STEPS), 5), strict=True))
    cases = (*(Case(*row) for row in SHAPES), Case("raw", (9, 9, 1)), Case("raw", (20, 3), "float32"))
    counts = []
    for case in cases:
        steps = dict(feature_steps(material(case)[0], case.dtype))
        counts.append(Count(case, "gcc", steps, sum(times * truth[name] for name, times in steps.items())))
    found = fit(counts, "here")
    assert [found.total(one.steps) for one in counts] == [pytest.approx(one.cycles, rel=0.01) for one in counts]
    assert found.low <= 0.99 and 1.01 <= found.high < 1.03
    slower = Count(counts[0].case, "zig", counts[0].steps, counts[0].cycles * 1.5)
    assert fit([*counts, slower], "here").high >= 1.5, "another compiler widens the band and moves no constant"
    assert fit([*counts, slower], "here").cycles == found.cycles


SHAPES = (
    ("raw", (40, 1)),
    ("raw", (90, 2)),
    ("statistics", (40, 1)),
    ("statistics", (30, 6)),
    ("statistics", (500, 1)),
    ("spectrum", (64, 1)),
    ("spectrum", (40, 3)),
    ("spectrum", (300, 1)),
    ("spectrum", (1000, 2)),
)


@pytest.mark.nightly
@pytest.mark.parametrize(("core", "fpu"), CORES)
def test_emulated_again_it_takes_what_is_shown(core: str, fpu: bool) -> None:
    here, costs = place(core, fpu=fpu), feature_costs(core, fpu)
    assert costs is not None
    for compiler in here.compilers:
        for case in UNSEEN:
            found = count(here, case, compiler)
            modelled = costs.total(found.steps)
            assert costs.low * modelled * 0.99 <= found.cycles <= costs.high * modelled * 1.01, (compiler.title, case)


@pytest.mark.nightly
@pytest.mark.parametrize(("core", "fpu"), CORES)
def test_the_board_computes_the_bits_of_python(core: str, fpu: bool) -> None:
    here = place(core, fpu=fpu)
    for case in UNSEEN:
        parameters, windows = material(case)
        for compiler in here.compilers:
            runs = run_features(parameters, "float32", here.core, windows, compiler=compiler, counted=here.counted)
            for run, window in zip(runs, windows, strict=True):
                expected = features.apply(parameters, np.asarray(window, np.float32)[np.newaxis])
                assert run.values == expected.tobytes(), (compiler.title, case)
