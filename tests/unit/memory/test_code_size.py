from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.graph.read import read_graph
from workbench.memory.code_size import code_size

# Kilobytes of programs built with error strings and assertions, as measured (kws and vww, resnet8, ad01).
WITH_STRINGS = {
    "mlperf_kws_ref_int8": (59_204, 99_044),
    "mlperf_vww_96_int8": (59_204, 99_044),
    "mlperf_ic_resnet8_int8": (61_308, 92_352),
    "mlperf_ad01_int8": (38_028, 45_604),
}


@pytest.mark.parametrize("engine", ["tflm", "tflm-cmsis"])
def test_sums_are_the_measured_ones(shared: Path, engine: str) -> None:
    for name, truth in json.loads((shared / "models" / "tflm_memory.json").read_text()).items():
        measured = truth[engine]["code_text_Os"]
        if measured is not None:
            graph = read_graph((shared / "models" / f"{name}.tflite").read_bytes())
            size = code_size(graph.operator_names, cmsis_nn=engine == "tflm-cmsis")
            assert size.total == pytest.approx(measured, rel=0.01), name
            assert size.low < measured < size.high


def test_with_error_strings(shared: Path) -> None:
    for name, measured in WITH_STRINGS.items():
        graph = read_graph((shared / "models" / f"{name}.tflite").read_bytes())
        for cmsis_nn, truth in zip((False, True), measured, strict=True):
            assert code_size(graph.operator_names, cmsis_nn=cmsis_nn).with_strings == pytest.approx(truth, rel=0.02)


def test_an_operator_counts_once() -> None:
    assert code_size(["ADD", "ADD"], cmsis_nn=False) == code_size(["ADD"], cmsis_nn=False)


def test_what_was_only_judged_has_a_wider_band() -> None:
    measured, judged = code_size(["CONV_2D"], cmsis_nn=False), code_size(["MEAN"], cmsis_nn=False)
    assert (judged.high - judged.low) / judged.total > (measured.high - measured.low) / measured.total
