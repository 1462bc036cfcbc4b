"""How much flash TensorFlow Lite Micro's code takes, estimated.

Measured were sums: whole programs of a few operators each, arm-none-eabi-gcc 12 at -Os for a Cortex-M4F, error
strings stripped, TensorFlow Lite Micro of August 2026, without model and arena. The shares below add up to
those sums for every program measured; how a sum splits among its operators is judged from the kernels' sources.
Operators that were in no program are judged from their sources alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Interpreter, allocator, planner, flatbuffer access and the C library they pull in.
_CORE = 14_300

# operator: (reference, CMSIS-NN) bytes; in a program that was measured.
_MEASURED: Mapping[str, tuple[int, int]] = {
    "ADD": (7_312, 10_392),
    "AVERAGE_POOL_2D": (1_568, 4_076),
    "CONV_2D": (4_200, 20_000),
    "DEPTHWISE_CONV_2D": (5_076, 17_036),
    "FULLY_CONNECTED": (4_628, 11_188),
    "RESHAPE": (520, 520),
    "SOFTMAX": (4_900, 6_000),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (9_320, 14_140),
    # All of one program, the audio front end.
    "CAST": (1_500, 1_500),
    "CONCATENATION": (1_800, 1_800),
    "DIV": (4_500, 4_500),
    "MAXIMUM": (3_000, 3_192),
    "MINIMUM": (3_000, 3_192),
    "MUL": (6_000, 7_000),
    "STRIDED_SLICE": (2_000, 2_000),
    "SignalEnergy": (1_000, 1_000),
    "SignalFftAutoScale": (800, 800),
    "SignalFilterBank": (1_500, 1_500),
    "SignalFilterBankLog": (3_188, 3_188),
    "SignalFilterBankSpectralSubtraction": (1_600, 1_600),
    "SignalFilterBankSquareRoot": (900, 900),
    "SignalPCAN": (2_400, 2_400),
    "SignalRfft": (11_000, 11_000),
    "SignalWindow": (900, 900),
}

# operator: (reference, CMSIS-NN) bytes; judged.
_JUDGED: Mapping[str, tuple[int, int]] = {
    "BATCH_MATMUL": (5_500, 8_000),
    "DEQUANTIZE": (1_500, 1_500),
    "LEAKY_RELU": (1_800, 1_800),
    "LOGISTIC": (3_000, 3_000),
    "MAX_POOL_2D": (1_600, 4_000),
    "MEAN": (6_500, 6_500),
    "PAD": (2_200, 2_600),
    "PADV2": (2_200, 2_600),
    "PRELU": (2_500, 2_500),
    "QUANTIZE": (3_500, 3_500),
    "REDUCE_MAX": (4_500, 4_500),
    "RELU": (1_200, 1_200),
    "RELU6": (1_200, 1_200),
    "SUB": (6_500, 6_500),
    "SUM": (6_500, 6_500),
    "SVDF": (4_500, 5_500),
    "TANH": (3_000, 3_000),
    "TRANSPOSE": (2_500, 3_500),
    "TRANSPOSE_CONV": (5_000, 9_000),
}
_ANY_OTHER = (2_500, 2_500)

# A sum over measured operators was off by less than this when another compiler or another mix was tried.
_MEASURED_BAND = 0.10
_JUDGED_BAND = 0.60

# Built with its error strings and assertions, as Arduino libraries are: measured as a fixed part and a part a kind.
_STRINGS_CORE = (18_100, 18_900)
_STRINGS_OPERATOR = (1_000, 1_160)


@dataclass(frozen=True)
class CodeSize:
    """Code in bytes by name, and what it may be at least and at most.

    ``with_strings`` is what the same code takes when TensorFlow Lite Micro keeps its error strings and assertions.
    """

    parts: tuple[tuple[str, int], ...]
    low: int
    high: int
    with_strings: int

    @property
    def total(self) -> int:
        return sum(size for _, size in self.parts)


def code_size(operators: Iterable[str], *, cmsis_nn: bool) -> CodeSize:
    """The code for a model with these kinds of operators (each counts once)."""
    kinds = tuple(dict.fromkeys(operators))
    column = 1 if cmsis_nn else 0
    parts = [("TensorFlow Lite Micro", _CORE)]
    spread = _MEASURED_BAND * _CORE
    for kind in kinds:
        measured = _MEASURED.get(kind)
        size = (measured or _JUDGED.get(kind, _ANY_OTHER))[column]
        parts.append((f"{kind} kernel", size))
        spread += (_MEASURED_BAND if measured else _JUDGED_BAND) * size
    total = sum(size for _, size in parts)
    return CodeSize(
        parts=tuple(parts),
        low=round(total - spread),
        high=round(total + spread),
        with_strings=total + _STRINGS_CORE[column] + _STRINGS_OPERATOR[column] * len(kinds),
    )
