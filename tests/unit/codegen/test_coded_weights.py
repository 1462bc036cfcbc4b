"""Pruned and clustered weights: the same bytes as on the device, out of less flash."""

from __future__ import annotations

import dataclasses
import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from workbench.codegen.generated import Option
from workbench.codegen.network import Network
from workbench.graph.read import read_graph
from workbench.jobs import QuietJob
from workbench.memory.plain_c.weight_coding import weight_coding
from workbench.target.core import target_core
from workbench.target.reference import reference
from workbench.target.verify import random_windows, verify

GCC = shutil.which("gcc") or ""
needs_device = pytest.mark.skipif(
    not GCC or importlib.util.find_spec("tflite_micro") is None, reason="no gcc or no tflite_micro"
)
# Values a filter's weights are taken from; None for all.
PALETTES = {"two": 2, "three": 3, "sixteen": 16, "all": None}


def weights(
    shape: tuple[int, ...], sparsity: float, values: int | None, *, shared: bool, seed: int
) -> NDArray[np.int8]:
    """Weights (filters, ...) with so many zeros, of so many other values, the same for all filters or not."""
    rng = np.random.default_rng(seed)
    found = rng.integers(1, 127, shape) * rng.choice((-1, 1), shape)
    if values:
        filters = np.stack([rng.choice(np.arange(1, 120), values, replace=False) for _ in range(shape[0])])
        filters = np.broadcast_to(filters[:1], filters.shape) if shared else filters
        places = rng.integers(0, values, (shape[0], found[0].size))
        found = np.take_along_axis(filters, places, axis=1).reshape(shape)
    found[rng.random(shape) < sparsity] = 0
    return found.astype(np.int8)


def layer(files: ModuleType, kind: str, values: NDArray[np.int8]) -> bytes:
    """A model of one layer with these weights."""
    count, depth = values.shape[0], values.shape[-1]
    rng = np.random.default_rng(count)
    given, made, options = {
        "CONV_2D": ((1, 6, 5, depth), (1, 3, 5, count), {"StrideH": 2, "StrideW": 1}),
        "FULLY_CONNECTED": ((2, depth), (2, count), {}),
    }[kind]
    scales = tuple(float(scale) for scale in rng.uniform(0.002, 0.01, count).astype(np.float32))
    bias = rng.integers(-2000, 2000, count).astype(np.int32)
    tensors = [
        files.T(given, scales=(0.05,), zero_point=-7),
        files.T(values.shape, scales=scales, constant=values, axis=0),
        files.T((count,), "int32", scales=tuple(0.05 * scale for scale in scales), constant=bias),
        files.T(made, scales=(0.2,), zero_point=-20),
    ]
    table = {"CONV_2D": "Conv2DOptions", "FULLY_CONNECTED": "FullyConnectedOptions"}[kind]
    return bytes(files.build(files.G(tensors, [files.Op(kind, [0, 1, 2], [3], table, options)], [0], [3])))


def every_form(files: ModuleType) -> dict[str, bytes]:
    models = {}
    for kind, shape in (("CONV_2D", (21, 3, 3, 13)), ("FULLY_CONNECTED", (22, 131))):
        for name, count in PALETTES.items():
            for sparsity, shared in ((0.0, True), (0.8, True), (0.5, False)):
                values = weights(shape, sparsity, count, shared=shared, seed=len(models))
                models[f"{kind} {name} {sparsity} {shared}"] = layer(files, kind, values)
    return models


@needs_device
def test_the_bytes_of_the_device(files: ModuleType, host: ModuleType, tmp_path: Path) -> None:
    models = every_form(files)
    library = host.host_library(GCC, models, tmp_path, Option.SIZE)
    forms = set()
    for name, model in models.items():
        network = library.networks[name]
        forms |= {note.split("(")[-1] for note in network.notes}
        on_tflm = host.tflm(model)
        for inputs in host.random_inputs(network, seed=3):
            for one, other in zip(library.run(name, inputs), on_tflm(inputs), strict=True):
                np.testing.assert_array_equal(one, other, err_msg=name)
                assert len(np.unique(other)) > 20 or inputs[0].std() == 0, "the layer answers with many values"
    assert len(forms) >= 7, forms  # with and without bitmap, palettes of 1, 2 and 4 bits, shared and not


@pytest.mark.parametrize(
    ("sparsity", "values", "shared", "form", "share"),
    [
        (0.9, None, True, "bitmap", 0.23),
        (0.5, None, True, "bitmap", 0.63),
        (0.0, 16, True, "4-bit palette", 0.51),
        (0.0, 16, False, "4-bit palette per channel", 0.57),
        (0.0, 4, True, "2-bit palette", 0.26),
        (0.0, 2, True, "1-bit palette", 0.14),
        (0.8, 3, True, "bitmap, 2-bit palette", 0.18),
    ],
)
def test_bytes_saved(sparsity: float, values: int | None, shared: bool, form: str, share: float) -> None:
    given = weights((64, 256), sparsity, values, shared=shared, seed=1)
    coding = weight_coding(given)
    assert coding is not None
    assert coding.in_words == form
    assert coding.bytes / given.size == pytest.approx(share, abs=0.02)


def test_weights_that_save_little_stay(files: ModuleType) -> None:
    assert weight_coding(weights((64, 256), 0.3, None, shared=True, seed=1)) is not None
    assert weight_coding(weights((64, 256), 0.1, None, shared=True, seed=1)) is None
    assert weight_coding(weights((8, 16), 0.9, None, shared=True, seed=1)) is None
    model = layer(files, "FULLY_CONNECTED", weights((32, 256), 0.8, None, shared=True, seed=1))
    coded = Network(read_graph(model))
    plain = dataclasses.replace(coded, coded=False)
    (small,), (large,) = coded.generate(Option.SIZE).steps, plain.generate(Option.SIZE).steps
    assert large.weights_bytes - small.weights_bytes > 5000
    assert plain.generate(Option.SIZE).notes == coded.generate(Option.SPEED).notes == ()


@pytest.mark.nightly
@needs_device
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m0plus", "rv32imc"])
def test_on_emulated_cores(core: str, files: ModuleType) -> None:
    """Some count leading zeros in one instruction, some do not."""
    for name, model in every_form(files).items():
        generated = Network(read_graph(model)).generate(Option.SIZE)
        windows = random_windows(generated, 2)
        found, _ = verify(generated, target_core(core), windows, reference(model, generated), job=QuietJob())
        assert found.bit_exact, f"{name}: {found.difference}"
