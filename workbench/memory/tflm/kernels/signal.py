"""The audio front end: operators of the signal library, which lie in signal/micro/kernels of tflite-micro.

Their sizes stand in the operators' own options; they follow as well from the shapes, which are read here.
"""

from __future__ import annotations

from workbench.errors import NotSupported
from workbench.memory.tflm.node import Kernel, Node, look_at, nothing, struct

_INT64 = 8
_INT32 = 4

# kiss_fft.h: the state of a transform holds two numbers and 2 · 32 factors in front of its twiddles.
_FFT_STATE = 2 + 2 * 32

WINDOW = Kernel("window.cc", struct("ii"), look_at(2))
FFT_AUTO_SCALE = Kernel("fft_auto_scale_common.cc", nothing, look_at(1, outputs=2))
ENERGY = Kernel("energy.cc", struct("ii"), look_at(1))
FILTER_BANK_SQUARE_ROOT = Kernel("filter_bank_square_root_common.cc", nothing, look_at(2))
PCAN = Kernel("pcan.cc", struct("i"), look_at(3))
FILTER_BANK_LOG = Kernel("filter_bank_log.cc", struct("ii"), look_at(1))


def _fft_length(node: Node) -> int:
    """A real transform of n values gives n / 2 + 1 complex ones."""
    return node.dimension(node.output(), -1) - 2


def _rfft_init(node: Node) -> None:
    node.data("iiii e p i p")
    if node.input(0).dtype != "int16":
        raise NotSupported(
            f"The memory of a Fourier transform of {node.input(0).dtype} is not known here.", where=node.where
        )
    # kiss_fftr_alloc: two states and a table of super twiddles, a complex value being two int16.
    half, complex_bytes = _fft_length(node) // 2, 4
    inner = _FFT_STATE * _INT32 + complex_bytes * half
    node.persistent(3 * node.abi.pointer + inner + complex_bytes * (half * 3 // 2))


def _rfft(node: Node) -> None:
    look_at(1)(node)
    node.scratch(_fft_length(node) * 2)


RFFT = Kernel("rfft.cc, signal/src/rfft_int16.cc", _rfft_init, _rfft)


def _filter_bank_init(node: Node) -> None:
    node.data("{i ppppp} p ii")
    node.persistent((node.dimension(node.output(), 0) + 1) * _INT64)


FILTER_BANK = Kernel("filter_bank.cc", _filter_bank_init, look_at(6))


def _spectral_subtraction_init(node: Node) -> None:
    node.data("{iiiiiii b i} p p")
    node.persistent(node.dimension(node.output(), 0) * _INT32)


FILTER_BANK_SPECTRAL_SUBTRACTION = Kernel(
    "filter_bank_spectral_subtraction.cc", _spectral_subtraction_init, look_at(1, outputs=2)
)
