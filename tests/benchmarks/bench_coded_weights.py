"""What pruned and clustered weights save in flash, and cost in instructions, on an emulated Cortex-M4."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from workbench.graph.rewrite import Template, changed
from workbench.jobs import QuietJob
from workbench.operations.verify import verify_model
from workbench.operations.verify_wanted import Verify
from workbench.target.verify import Verification

Figure = Callable[[str, str, str], None]
Weights = NDArray[np.int8]
SPARSITIES = (0.3, 0.5, 0.7, 0.8, 0.9)
CLUSTERS = (16, 4)
MODELS = ("mlperf_ad01_int8", "mlperf_ic_resnet8_int8")


def pruned(weights: Weights, sparsity: float) -> Weights:
    """Without so many of the smallest."""
    order = np.argsort(np.abs(weights.astype(np.int64)), axis=None, kind="stable")
    flat = weights.reshape(-1).copy()
    flat[order[: int(weights.size * sparsity)]] = 0
    return flat.reshape(weights.shape)


def clustered(weights: Weights, values: int) -> Weights:
    """So many different values for each filter, evenly spaced."""
    low, high = weights.min(1, keepdims=True).astype(float), weights.max(1, keepdims=True).astype(float)
    step = np.maximum(high - low, 1) / (values - 1)
    return np.rint(low + np.rint((weights - low) / step) * step).astype(np.int8)


def changed_model(path: Path, change: Callable[[Weights], Weights]) -> bytes:
    """The model with other weights in its convolutions and dense layers."""
    template = Template(path.read_bytes())
    main = template.graph.main
    changes = {}
    for operator in main.operators:
        if operator.name in {"CONV_2D", "FULLY_CONNECTED"}:
            tensor = main.tensors[operator.inputs[1]]
            weights = np.frombuffer(tensor.data or b"", np.int8).reshape(tensor.shape[0], -1)
            changes[tensor.index] = changed(tensor, data=change(weights).tobytes())
    return template.file_with(changes)


def verified(model: bytes, option: str, *, coded: bool) -> Verification:
    found = verify_model(model, Verify(core="cortex-m4", option=option, coded=coded), job=QuietJob())
    assert found.bit_exact, found.difference
    return found


def show(name: str, what: str, model: bytes, figure: Figure) -> None:
    plain, coded = (verified(model, "size", coded=one) for one in (False, True))
    figure(
        f"{name}, {what}, size: flash, then instructions, of weights as they are",
        f"{coded.flash.total:,} B, {coded.flash.total / plain.flash.total:.0%}; "
        f"{coded.instructions / 1e6:.3g} M, {coded.instructions / plain.instructions:.2f} times",
        "",
    )


@pytest.mark.bench
@pytest.mark.parametrize("name", MODELS)
def test_flash_saved_and_instructions_spent(name: str, shared: Path, figure: Figure) -> None:
    path = shared / "models" / f"{name}.tflite"
    for sparsity in SPARSITIES:
        model = changed_model(path, partial(pruned, sparsity=sparsity))
        show(name, f"{sparsity:.0%} pruned", model, figure)
    for values in CLUSTERS:
        model = changed_model(path, partial(clustered, values=values))
        show(name, f"{values} values a channel", model, figure)
