"""Layouts against the C compiler's own (ctypes), and the sizes known of TensorFlow Lite Micro's structs."""

from __future__ import annotations

import ctypes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.memory.tflm.abi import CORTEX_M, HOST, Abi, align_up

FIELDS = {
    "p": ctypes.c_void_p,
    "i": ctypes.c_int32,
    "d": ctypes.c_int64,
    "h": ctypes.c_int16,
    "b": ctypes.c_bool,
    "e": ctypes.c_int,
}
THIS_MACHINE = Abi(pointer=ctypes.sizeof(ctypes.c_void_p), enumeration=4)


def compiled(letters: str) -> int:
    fields = [(f"f{number}", FIELDS[letter]) for number, letter in enumerate(letters)]
    return ctypes.sizeof(type("Struct", (ctypes.Structure,), {"_fields_": fields}))


@given(st.text("pidhbe", min_size=1, max_size=12))
def test_sizes_are_the_compilers(letters: str) -> None:
    assert THIS_MACHINE.size(letters) == compiled(letters)


@given(st.text("pidhbe", min_size=1, max_size=6), st.text("pidhbe", min_size=1, max_size=6), st.integers(1, 3))
def test_structs_inside_structs(outer: str, inner: str, count: int) -> None:
    struct = type("Inner", (ctypes.Structure,), {"_fields_": [(f"f{i}", FIELDS[c]) for i, c in enumerate(inner)]})
    fields = [(f"f{i}", FIELDS[c]) for i, c in enumerate(outer)] + [("inner", struct * count)]
    whole = type("Outer", (ctypes.Structure,), {"_fields_": fields})
    assert THIS_MACHINE.size(f"{outer}{count}{{{inner}}}") == ctypes.sizeof(whole)


@pytest.mark.parametrize(
    ("layout", "cortex_m", "host"),
    [
        ("ppe", 12, 24),  # TfLiteEvalTensor
        ("{ip}{ii}pppeeb", 32, 64),  # TfLiteTensor
        ("{pppppp i} p", 32, 64),  # NodeAndRegistration
        ("pp ii i b", 24, 32),  # AllocationInfo
        ("iiii ii {iii} i", 40, 40),  # what the planner keeps of a buffer
    ],
)
def test_structs_measured_on_a_cortex_m(layout: str, cortex_m: int, host: int) -> None:
    assert (CORTEX_M.size(layout), HOST.size(layout)) == (cortex_m, host)


def test_fields_of_weight_compression() -> None:
    assert CORTEX_M.size("i 2c") == 4
    assert HOST.size("i 2c") == 12


@pytest.mark.parametrize("layout", ["x", "i j", "2", "{i"])
def test_what_is_no_layout_is_a_fault(layout: str) -> None:
    with pytest.raises(ValueError, match="layout"):
        CORTEX_M.size(layout)


@given(st.integers(0, 1 << 20), st.sampled_from([1, 2, 4, 8, 16]))
def test_align_up(size: int, alignment: int) -> None:
    aligned = align_up(size, alignment)
    assert aligned % alignment == 0
    assert 0 <= aligned - size < alignment
