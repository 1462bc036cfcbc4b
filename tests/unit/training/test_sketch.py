"""The network drawn beforehand is the network that is built."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from workbench.errors import NotSupported
from workbench.training.keras_model import build_model
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import describe_architecture, model_input_shape, network

CASES = [
    ((150, 6), "convolutional", {}),
    ((24, 1), "convolutional", {"layers": 6, "kernel": 31}),
    ((3, 2), "convolutional", {"layers": 2}),
    ((16, 3), "convolutional", {"width": 2, "dropout": 0.0}),
    ((28, 28, 1), "convolutional", {}),
    ((5, 40, 3), "convolutional", {"layers": 4}),
    ((150, 6), "convolutional", {"downsampling": "strides"}),
    ((25, 1), "convolutional", {"downsampling": "strides", "layers": 4}),
    ((150, 6), "separable", {"downsampling": "strides", "kernel": 9}),
    ((28, 28, 1), "separable", {}),
    ((33, 17, 1), "separable", {"downsampling": "strides"}),
    ((5, 40, 3), "separable", {"downsampling": "strides"}),
    ((150, 6), "dense", {"layers": 2}),
    ((42,), "dense", {}),
    ((8, 8, 3), "dense", {"dropout": 0.0}),
]


@pytest.mark.parametrize(("shape", "architecture", "others"), CASES)
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_sketch_agrees_with_keras(shape: tuple[int, ...], architecture: str, others: dict, task: str) -> None:
    settings = TrainingSettings(architecture=architecture, **others)
    sketches = describe_architecture(settings, shape, 5, task)
    model = build_model(network(settings, shape, 5, task), model_input_shape(shape), seed=1)
    assert [s.name for s in sketches] == [layer.name for layer in model.layers]
    for sketch, layer in zip(sketches, model.layers, strict=True):
        assert sketch.kind == type(layer).__name__
        made = layer.output_shape[0] if isinstance(layer.output_shape, list) else layer.output_shape
        assert sketch.output_shape == made[1:]
        assert sketch.parameters == layer.count_params()
        if sketch.kind in ("Conv2D", "DepthwiseConv2D", "Dense"):
            kernel = layer.get_weights()[0]
            assert sketch.macs == kernel.size * int(np.prod(made[1:-1]))
    assert sketches[-1].output_shape == ((5,) if task == "classification" else (1,))
    assert model(np.zeros((1, *model.input_shape[1:]), np.float32)).shape[1:] == sketches[-1].output_shape


def test_statistics_and_convolutions_do_not_go_together() -> None:
    with pytest.raises(NotSupported, match="Choose the dense architecture"):
        describe_architecture(TrainingSettings(), (42,), 3)


def test_drawing_needs_no_tensorflow() -> None:
    code = (
        "import sys; from workbench.operations import preview, train, compress, evaluate; "
        "from workbench.training.sketch import describe_architecture as d; "
        "from workbench.training.settings import TrainingSettings as T; d(T(), (100, 3), 4); "
        "loaded = [m for m in ('tensorflow', 'tf_keras', 'tensorflow_model_optimization', 'ai_edge_litert', 'pandas') "
        "if m in sys.modules]; assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
