"""Seeded random networks: every byte as on TensorFlow Lite Micro, on this computer and on emulated cores."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from random_networks import random_network

from workbench.codegen.generated import Option
from workbench.codegen.network import Network
from workbench.graph.read import read_graph
from workbench.jobs import QuietJob
from workbench.target.core import target_core
from workbench.target.reference import reference
from workbench.target.verify import random_windows, verify

GCC = shutil.which("gcc") or ""
needs_tflm = pytest.mark.skipif(importlib.util.find_spec("tflite_micro") is None, reason="no tflite_micro")
needs_gcc = pytest.mark.skipif(not GCC, reason="no gcc")
ALL = 200
ON_EVERY_CORE = 20
WIDE = 100


def compare_on_host(models: Mapping[str, bytes], option: Option, host: ModuleType, folder: Path) -> None:
    library = host.host_library(GCC, models, folder, option)
    lively = 0
    for name, model in models.items():
        on_tflm = host.tflm(model)
        values = set()
        for inputs in host.random_inputs(library.networks[name], seed=1):
            made, wanted = library.run(name, inputs), on_tflm(inputs)
            for one, other in zip(made, wanted, strict=True):
                np.testing.assert_array_equal(one, other, err_msg=f"seed {name}")
                values |= set(other.reshape(-1).tolist())
        lively += len(values) > 8
    assert lively > len(models) * 2 // 3, "most networks answer with many values"


@needs_gcc
@needs_tflm
def test_a_few_networks_on_this_computer(host: ModuleType, tmp_path: Path) -> None:
    compare_on_host({str(seed): random_network(seed) for seed in range(12)}, Option.SPEED, host, tmp_path)


@pytest.mark.nightly
@needs_gcc
@needs_tflm
@pytest.mark.parametrize("option", list(Option))
def test_all_networks_on_this_computer(option: Option, host: ModuleType, tmp_path: Path) -> None:
    models = {str(seed): random_network(seed) for seed in range(ALL)}
    models |= {f"{seed} of int16": random_network(seed, wide=True) for seed in range(WIDE)}
    compare_on_host(models, option, host, tmp_path)


@pytest.mark.nightly
@needs_tflm
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("core", "option", "count"),
    [
        ("cortex-m4", Option.SPEED, ALL),
        ("cortex-m4", Option.SIZE, ON_EVERY_CORE),
        ("cortex-m0plus", Option.SPEED, ON_EVERY_CORE),
        ("cortex-m33", Option.SPEED, ON_EVERY_CORE),
        ("rv32imc", Option.SPEED, ON_EVERY_CORE),
    ],
)
def test_on_an_emulated_core(core: str, option: Option, count: int) -> None:
    wrong = []
    for seed, wide in [*((seed, False) for seed in range(count)), *((seed, True) for seed in range(count // 4))]:
        model = random_network(seed, wide=wide)
        generated = Network(read_graph(model)).generate(option)
        windows = random_windows(generated, 2, seed)
        found, _ = verify(generated, target_core(core), windows, reference(model, generated), job=QuietJob())
        if not found.bit_exact:
            wrong.append(f"seed {seed}, int16 {wide}: {found.difference}")
    assert not wrong
