"""The structs of ``resources/c/target/count_blocks.c``, for both sides of the emulator's pipe."""

from __future__ import annotations

import ctypes

import numpy as np

ARCHITECTURES = ("arm", "riscv")  # in the order of the C enumeration
CAPACITY = 1 << 16

# Marks of half-words of code.
NO_MARK, NOT_A_STEP, FIRST_STEP = 0, 1, 2

BLOCK = np.dtype(
    [
        ("address", "<u8"),
        ("size", "<u4"),
        ("step", "<u4"),  # 0 outside of all steps, 1 + n in step n
        ("instructions", "<u4"),  # in one run of the block
        ("unused", "<u4"),
        ("runs", "<u8"),
        ("jumps", "<u8"),  # runs after a branch that was taken
    ]
)


class Counter(ctypes.Structure):
    """``struct counter``."""

    _fields_ = (
        ("code", ctypes.c_char_p),
        ("code_start", ctypes.c_uint64),
        ("code_bytes", ctypes.c_uint64),
        ("marks", ctypes.c_char_p),
        ("last_end", ctypes.c_uint64),
        ("instructions", ctypes.c_uint64),
        ("most_instructions", ctypes.c_uint64),
        ("capacity", ctypes.c_uint64),
        ("used", ctypes.c_uint64),
        ("architecture", ctypes.c_uint32),
        ("step", ctypes.c_uint32),
        ("full", ctypes.c_uint32),
        ("endless", ctypes.c_uint32),
        ("blocks", ctypes.c_void_p),
        ("stop", ctypes.c_void_p),
    )
