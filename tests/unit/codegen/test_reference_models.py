"""The four networks of MLPerf Tiny as C: the bytes TensorFlow Lite Micro answered, in the arena that was promised."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from workbench.codegen.generated import Option
from workbench.codegen.network import Network
from workbench.graph.read import read_graph
from workbench.jobs import QuietJob
from workbench.target.core import target_core
from workbench.target.verify import random_windows, verify

GCC = shutil.which("gcc") or ""
STRICT = ("-std=c99", "-O1", "-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror")
ARENA_BYTES = {"kws_ref": 8700, "vww_96": 37600, "ic_resnet8": 34700, "ad01": 800}


@pytest.mark.skipif(not GCC, reason="no gcc")
@pytest.mark.parametrize("option", list(Option))
@pytest.mark.parametrize("name", list(ARENA_BYTES))
def test_the_answer_of_the_device(name: str, option: Option, shared: Path, tmp_path: Path) -> None:
    model = shared / "models" / f"mlperf_{name}_int8.tflite"
    given = np.load(model.with_suffix(".input.npy"))
    expected = np.load(model.with_suffix(".tflm_output.npy"))
    generated = Network(read_graph(model.read_bytes())).generate(option)
    for file in generated.files:
        (tmp_path / file.name).write_text(file.content, encoding="utf-8")
    library = tmp_path / "model.so"
    sources = [str(tmp_path / file.name) for file in generated.files if file.name.endswith(".c")]
    subprocess.run([GCC, *STRICT, "-shared", "-fPIC", "-o", str(library), *sources], check=True)
    network = ctypes.CDLL(str(library))
    network.model_input.restype = network.model_output.restype = ctypes.c_void_p
    for values, answer in zip(
        given.reshape(-1, *generated.inputs[0].shape), expected.reshape(-1, *generated.outputs[0].shape), strict=True
    ):
        ctypes.memmove(network.model_input(), values.tobytes(), values.nbytes)
        assert network.model_invoke() == 0
        np.testing.assert_array_equal(
            np.frombuffer(ctypes.string_at(network.model_output(), answer.nbytes), np.int8), answer.reshape(-1)
        )
    assert generated.arena_bytes <= ARENA_BYTES[name]


# All four models are held against their promises by tests/benchmarks/bench_target.py.
@pytest.mark.parametrize(("name", "instructions"), [("kws_ref", 3_000_000), ("ad01", 350_000)])
def test_instructions_stay_within_the_goal(name: str, instructions: int, shared: Path) -> None:
    graph = read_graph((shared / "models" / f"mlperf_{name}_int8.tflite").read_bytes())
    generated = Network(graph).generate(Option.SPEED)
    found, _ = verify(generated, target_core("cortex-m4"), random_windows(generated, 1), None, job=QuietJob())
    assert found.instructions <= instructions
    assert generated.weights_bytes == found.flash.weights
    assert f"_WEIGHTS_BYTES {found.flash.weights}\n" in generated.file("model.h").content
