"""The audio front end: operators of the signal library, which lie in signal/micro/kernels of tflite-micro."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.errors import NotSupported
from workbench.memory.tflm.node import Kernel, Node, look_at, nothing, struct

_INT64 = 8
_INT32 = 4
_INT16 = 2

# kiss_fft.h: the state of a transform holds two numbers and 2 · 32 factors in front of its twiddles.
_FFT_STATE = 2 + 2 * 32
_REAL_BYTES: Mapping[str, int] = {"int16": 2, "int32": 4, "float32": 4}

# CircularBuffer of signal/src/circular_buffer.h; its elements lie twice behind it.
_CIRCULAR_BUFFER = "ppp ii p"
_MOST_SIGNALS = 4096  # far above any microphone array; each is an allocation of its own

WINDOW = Kernel("window.cc", struct("ii"), look_at(2))
FFT_AUTO_SCALE = Kernel("fft_auto_scale_common.cc", nothing, look_at(1, outputs=2))
ENERGY = Kernel("energy.cc", struct("ii"), look_at(1))
FILTER_BANK_SQUARE_ROOT = Kernel("filter_bank_square_root_common.cc", nothing, look_at(2))
PCAN = Kernel("pcan.cc", struct("i"), look_at(3))
FILTER_BANK_LOG = Kernel("filter_bank_log.cc", struct("ii"), look_at(1))


def _real_bytes(node: Node) -> int:
    """Bytes of one real value of a transform."""
    dtype = node.input(0).dtype
    if dtype not in _REAL_BYTES:
        raise NotSupported(f"TensorFlow Lite Micro has no Fourier transform of {dtype}.", where=node.where)
    return _REAL_BYTES[dtype]


def _fft_state(node: Node) -> int:
    """kiss_fftr_alloc: two states and a table of super twiddles."""
    half, complex_bytes = node.custom_option("fft_length") // 2, 2 * _real_bytes(node)
    inner = _FFT_STATE * _INT32 + complex_bytes * half
    return 3 * node.abi.pointer + inner + complex_bytes * (half * 3 // 2)


def _rfft_init(node: Node) -> None:
    node.data("iiii e p i p")
    node.persistent(_fft_state(node))


def _rfft(node: Node) -> None:
    look_at(1)(node)
    node.scratch(node.custom_option("fft_length") * _real_bytes(node))


def _irfft_init(node: Node) -> None:
    node.data("iiii e p")
    # IrfftFloatState of irfft_float.cc stands in front of the transform's own: it scales the result afterwards.
    scaling = node.abi.size("i p") if node.input(0).dtype == "float32" else 0
    node.persistent(scaling + _fft_state(node))


RFFT = Kernel("rfft.cc, signal/src/rfft_*.cc", _rfft_init, _rfft)
IRFFT = Kernel("irfft.cc, signal/src/irfft_*.cc", _irfft_init, look_at(1))


def _circular_buffer(node: Node, capacity: int) -> int:
    """CircularBufferGetNeededMemory."""
    return node.abi.size(_CIRCULAR_BUFFER) + 2 * _INT16 * capacity


def _signals(node: Node, inner: int) -> int:
    """How many pieces of ``inner`` elements the input has, each with a state of its own."""
    signals = node.input(0).elements // max(1, inner)
    if signals > _MOST_SIGNALS:
        raise NotSupported(f"{node.operator.name} is for {signals:,} signals at once.", where=node.where)
    return signals


def _circular_buffers(node: Node, capacity: int) -> None:
    """Pointers to the states, pointers to the buffers in them, and the states: one for each signal of the input."""
    signals = _signals(node, node.dimension(node.input(0), -1))
    node.persistent(signals * node.abi.pointer)
    node.persistent(signals * node.abi.pointer)
    for _ in range(signals):
        node.persistent(_circular_buffer(node, capacity))


def _delay(node: Node) -> None:
    look_at(1)(node)
    _circular_buffers(node, node.dimension(node.input(0), -1) + node.custom_option("delay_length"))


def _framer(node: Node) -> None:
    look_at(1, outputs=2)(node)
    step = max(1, node.custom_option("frame_step"))
    # The frame's size, rounded up to whole steps.
    _circular_buffers(node, -(-node.custom_option("frame_size") // step) * step)


def _stacker_init(node: Node) -> None:
    node.data("iiii pp b pp")
    frames = node.custom_option("stacker_left_context") + node.custom_option("stacker_right_context") + 1
    node.persistent(_circular_buffer(node, node.custom_option("num_channels") * frames))


def _overlap_add(node: Node) -> None:
    look_at(1)(node)
    source = node.input(0)
    frame, frames = node.dimension(source, -1), node.dimension(source, -2)
    signals = _signals(node, frame * frames)
    node.persistent(signals * node.abi.pointer)
    for _ in range(signals):
        node.persistent(frame * _real_bytes(node))


DELAY = Kernel("delay.cc, signal/src/circular_buffer.cc", struct("iii pp"), _delay)
FRAMER = Kernel("framer.cc, signal/src/circular_buffer.cc", struct("iiii b pp"), _framer)
STACKER = Kernel("stacker.cc, signal/src/circular_buffer.cc", _stacker_init, look_at(1, outputs=2))
OVERLAP_ADD = Kernel("overlap_add.cc", struct("iiii e p"), _overlap_add)


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
