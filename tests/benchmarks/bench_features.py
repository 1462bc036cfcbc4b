"""What computing features takes by formula, against windows emulated again that it was not fitted to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workbench.firmware.feature_calibration import UNSEEN, count, places
from workbench.target.feature_cost import feature_costs

CORES = (("cortex-m0plus", False), ("cortex-m3", False), ("cortex-m4", True), ("cortex-m33", True), ("rv32imc", False))


@pytest.mark.bench
@pytest.mark.parametrize(("core", "fpu"), CORES)
def test_formula_against_emulation(core: str, fpu: bool, figure: Callable[[str, str, str], None]) -> None:
    place = next(one for one in places() if (one.core.name, one.fpu) == (core, fpu))
    costs = feature_costs(core, fpu)
    assert costs is not None
    for case in UNSEEN:
        for compiler in place.compilers:
            found = count(place, case, compiler)
            modelled = costs.total(found.steps)
            figure(
                f"{place.core.title}, {case.title}, {compiler.title}: {found.cycles:,.0f} cycles emulated",
                f"{found.cycles / modelled:.2f} of the formula's {modelled:,.0f}",
                f"{costs.low:g} to {costs.high:g}",
            )
