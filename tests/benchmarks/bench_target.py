"""What the generated C of the reference models takes on an emulated Cortex-M4, against TensorFlow Lite Micro."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.errors import NotSupported
from workbench.jobs import QuietJob
from workbench.operations.verify import Verify, verify_model

# Model, then what must hold: instructions in millions, bytes of arena, bytes of code.
MODELS = (
    ("mlperf_kws_ref_int8", 4.0, 8_700, 10_240),
    ("mlperf_vww_96_int8", 13.0, 37_600, 12_288),
    ("mlperf_ic_resnet8_int8", 17.5, 34_700, 12_288),
    ("mlperf_ad01_int8", 0.45, 800, 4_096),
)


@pytest.mark.bench
@pytest.mark.parametrize(("model", "millions", "arena", "code"), MODELS, ids=[row[0] for row in MODELS])
def test_reference_models(
    *, model: str, millions: float, arena: int, code: int, shared: Path, figure: Callable[[str, str, str], None]
) -> None:
    path = shared / "models" / f"{model}.tflite"
    tflm = json.loads((shared / "models" / "tflm_memory.json").read_text())[model]["tflm-cmsis"]["instructions_O2"]
    try:
        verify_model(path, Verify(core="cortex-m4"), job=QuietJob())
    except NotSupported as error:
        pytest.skip(str(error))
    started = time.perf_counter()
    found = verify_model(path, Verify(core="cortex-m4"), job=QuietJob())
    seconds = time.perf_counter() - started
    assert found.bit_exact, found.difference
    figure(
        f"{model}: instructions, of TensorFlow Lite Micro with CMSIS-NN {tflm / 1e6:.3g} M",
        f"{found.instructions / 1e6:.3g} M, {found.instructions / tflm:.0%}",
        f"{millions:g} M",
    )
    figure(f"{model}: arena", f"{found.ram.arena:,} B", f"{arena:,} B")
    figure(f"{model}: code and constants", f"{found.flash.code + found.flash.constants:,} B", f"{code:,} B")
    figure(f"{model}: generate, compile, emulate and verify, warm", f"{seconds:.1f} s", "10 s")
