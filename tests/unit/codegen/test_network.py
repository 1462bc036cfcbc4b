"""The generated C compiles without a warning and gives the bytes of TensorFlow Lite Micro."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from workbench.codegen.generated import Generated, Option
from workbench.codegen.network import Network
from workbench.errors import BadSetting, NotSupported
from workbench.graph.read import read_graph

GCC = shutil.which("gcc") or ""
STRICT = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror")
needs_gcc = pytest.mark.skipif(not GCC, reason="no gcc")
needs_tflm = pytest.mark.skipif(importlib.util.find_spec("tflite_micro") is None, reason="no tflite_micro")


def unary(files: ModuleType, name: str, table: str = "", **options: float) -> bytes:
    """A model of one operator over all 256 int8 values, from scale 0.05 to 0.04."""
    given = files.T((1, 256), scales=(0.05,), zero_point=-3)
    made = files.T((1, 256), scales=(0.04,), zero_point=5)
    return files.build(files.G([given, made], [files.Op(name, [0], [1], table, options)], [0], [1]))


def compiled(generated: Generated, folder: Path) -> ctypes.CDLL:
    for file in generated.files:
        (folder / file.name).write_text(file.content, encoding="utf-8")
    sources = [str(folder / file.name) for file in generated.files if file.name.endswith(".c")]
    library = folder / "model.so"
    subprocess.run([GCC, *STRICT, "-shared", "-fPIC", "-o", str(library), *sources], check=True)
    return ctypes.CDLL(str(library))


def answer(library: ctypes.CDLL, given: np.ndarray, made: int) -> np.ndarray:
    library.model_input.restype = library.model_output.restype = ctypes.c_void_p
    ctypes.memmove(library.model_input(), given.tobytes(), given.nbytes)
    assert library.model_invoke() == 0
    return np.frombuffer(ctypes.string_at(library.model_output(), made), np.int8)


@needs_gcc
@needs_tflm
@pytest.mark.parametrize(
    ("name", "table", "options"),
    [("RELU", "", {}), ("RELU6", "", {}), ("LEAKY_RELU", "LeakyReluOptions", {"Alpha": 0.3})],
)
def test_every_value_as_on_the_device(
    name: str, table: str, options: dict[str, float], files: ModuleType, tmp_path: Path
) -> None:
    from tflite_micro import runtime

    model = unary(files, name, table, **options)
    given = np.arange(-128, 128, dtype=np.int8).reshape(1, 256)
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
    interpreter.set_input(given, 0)
    interpreter.invoke()
    library = compiled(Network(read_graph(model)).generate(Option.SPEED), tmp_path)
    np.testing.assert_array_equal(answer(library, given, 256), interpreter.get_output(0).reshape(-1))


def test_the_source_reads_as_the_model_does(files: ModuleType) -> None:
    """Constants carry their operator's number, what is equal is there once, and a comment says what runs."""
    tensors = [files.T((1, 6, 5, 3), scales=(0.1,)) for _ in range(6)]
    pool = {"FilterHeight": 3, "FilterWidth": 2, "StrideH": 1, "StrideW": 1, "FusedActivationFunction": 1}
    operators = [
        files.Op("RELU", [0], [1]),
        *(files.Op("MAX_POOL_2D", [place], [place + 1], "Pool2DOptions", pool) for place in range(1, 5)),
    ]
    model = files.build(files.G(tensors, operators, [0], [5]))
    source = Network(read_graph(model)).generate(Option.SPEED).file("model.c").content
    assert "/* MAX_POOL_2D: int8 1 x 6 x 5 x 3 at 0 to int8 1 x 6 x 5 x 3 at " in source
    assert source.count("const struct model_window model_c") == 2  # one runs forward, the other backward
    assert source.count("&model_c1_window") == 2


def test_all_that_is_missing_is_named_at_once(files: ModuleType) -> None:
    operators = [files.Op("ELU", [0], [1]), files.Op("SIN", [1], [2])]
    model = files.build(files.G([files.T((1, 8), scales=(0.1,))] * 3, operators, [0], [2]))
    with pytest.raises(NotSupported, match=r"ELU.*SIN"):
        Network(read_graph(model)).generate(Option.SIZE)


def test_operators_that_lack_the_same_are_named_together(files: ModuleType) -> None:
    real = files.T((1, 8), "float32")
    model = files.build(
        files.G(
            [real] * 4, [files.Op(*op) for op in (("RELU", [0], [1]), ("TANH", [1], [2]), ("ELU", [2], [3]))], [0], [3]
        )
    )
    said = (
        r"^Operators 0 \(RELU\), 1 \(TANH\): each computes float32; .* int8 and int16. Operator 2 \(ELU\) has no kernel"
    )
    with pytest.raises(NotSupported, match=said) as caught:
        Network(read_graph(model)).generate(Option.SIZE)
    assert caught.value.to_do.startswith("Make an int8 variant of it.")


@pytest.mark.parametrize("prefix", ["", "7up", "a-b", "string", "x" * 40, "../x"])
def test_a_prefix_that_makes_no_names_is_refused(prefix: str, files: ModuleType) -> None:
    with pytest.raises(BadSetting, match="prefix"):
        Network(read_graph(unary(files, "RELU"))).generate(Option.SIZE, prefix)
