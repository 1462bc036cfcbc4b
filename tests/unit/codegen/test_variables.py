"""Streaming models: what a variable keeps from one invocation to the next, as on the device."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from workbench.codegen.generated import Option
from workbench.errors import NotSupported
from workbench.graph.read import read_graph
from workbench.memory.plain_c.plan import plan_plain_c

GCC = shutil.which("gcc") or ""
needs_device = pytest.mark.skipif(
    not GCC or importlib.util.find_spec("tflite_micro") is None, reason="no gcc or no tflite_micro"
)


def streaming(files: ModuleType, start: Sequence[int] | None, dtype: str = "int8") -> bytes:
    """The last four frames, of which the newest comes in: read, join, drop the oldest, keep; then their mean."""

    def frames(count: int) -> object:
        return files.T((1, count, 1, 8), dtype, scales=(0.1,), zero_point=-3 if dtype == "int8" else 0)

    def whole(*values: int) -> object:
        return files.T((len(values),), "int32", constant=np.array(values, np.int32))

    tensors = [
        frames(1),
        files.T((), "resource"),
        frames(3),
        frames(4),
        whole(0, 1, 0, 0),
        whole(1, 4, 1, 8),
        whole(1, 1, 1, 1),
        frames(3),
        frames(2),
        files.T((), "resource"),
    ]
    handle = {"Container": "", "SharedName": "frames"}
    pool = {"FilterHeight": 3, "FilterWidth": 1, "StrideH": 1, "StrideW": 1, "Padding": 1}
    operators = [
        *([files.Op("CALL_ONCE", [], [], "CallOnceOptions", {"InitSubgraphIndex": 1})] if start is not None else []),
        files.Op("VAR_HANDLE", [], [1], "VarHandleOptions", handle),
        files.Op("READ_VARIABLE", [1], [2]),
        files.Op("CONCATENATION", [2, 0], [3], "ConcatenationOptions", {"Axis": 1}),
        files.Op("STRIDED_SLICE", [3, 4, 5, 6], [7], "StridedSliceOptions"),
        files.Op("VAR_HANDLE", [], [9], "VarHandleOptions", handle),
        files.Op("ASSIGN_VARIABLE", [9, 7], []),
        files.Op("AVERAGE_POOL_2D", [3], [8], "Pool2DOptions", pool),
    ]
    graphs = [files.G(tensors, operators, [0], [8])]
    if start is not None:
        values = np.array(start).reshape(1, 3, 1, 8).astype(dtype)
        first = files.T((1, 3, 1, 8), dtype, scales=(0.1,), zero_point=-3 if dtype == "int8" else 0, constant=values)
        assign = [files.Op("VAR_HANDLE", [], [0], "VarHandleOptions", handle), files.Op("ASSIGN_VARIABLE", [0, 1], [])]
        graphs.append(files.G([files.T((), "resource"), first], assign, [], []))
    return bytes(files.build(*graphs))


def models(files: ModuleType) -> dict[str, bytes]:
    return {
        "values": streaming(files, range(-12, 12)),
        "one value": streaming(files, [5] * 24),
        "nothing assigned": streaming(files, None),
        "int16": streaming(files, range(-1000, 1400, 100), "int16"),
    }


@needs_device
@pytest.mark.parametrize("option", list(Option))
def test_ten_invocations_as_on_the_device(option: Option, files: ModuleType, host: ModuleType, tmp_path: Path) -> None:
    library = host.host_library(GCC, models(files), tmp_path, option)
    for name, model in models(files).items():
        on_tflm = host.tflm(model)
        for turn, inputs in enumerate(host.random_inputs(library.networks[name], seed=1, rounds=8)):
            (made,), (wanted,) = library.run(name, inputs), on_tflm(inputs)
            np.testing.assert_array_equal(made, wanted, err_msg=f"{name}, invocation {turn}")


@needs_device
def test_reset_begins_anew(files: ModuleType, host: ModuleType, tmp_path: Path) -> None:
    library = host.host_library(GCC, {"model": models(files)["values"]}, tmp_path)
    inputs = [np.full((1, 1, 1, 8), 100, np.int8)]
    first, second = library.run("model", inputs)[0], library.run("model", inputs)[0]
    assert (first != second).any()
    library.library.n0_reset()
    np.testing.assert_array_equal(library.run("model", inputs)[0], first)


def test_a_variable_has_bytes_of_its_own(files: ModuleType) -> None:
    plan = plan_plain_c(read_graph(models(files)["values"])).plan
    (kept,) = (place for place in plan.placements if place.tensor in {1, 9})
    assert (kept.bytes, kept.first_op, kept.reshaped) == (24, -1, (9,))
    for other in plan.placements:
        assert other is kept or other.end <= kept.offset or other.offset >= kept.end


def test_what_a_first_subgraph_may_not_do(files: ModuleType, host: ModuleType) -> None:
    state = files.T((1, 4), scales=(0.1,))
    once = [files.Op("CALL_ONCE", [], [], "CallOnceOptions", {"InitSubgraphIndex": 1}), files.Op("RELU", [0], [1])]
    graphs = files.G([state, state], once, [0], [1]), files.G([state, state], [files.Op("RELU", [0], [1])], [], [])
    with pytest.raises(NotSupported, match="runs once"):
        host.generated({"model": files.build(*graphs)}, Option.SIZE)
