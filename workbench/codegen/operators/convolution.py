"""CONV_2D of int8."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.generated import Option
from workbench.codegen.lowering import Array, Function, Lowered, Placed, Struct
from workbench.codegen.operators.channels import Channels, channels, check_sizes, wrapped
from workbench.codegen.operators.dense_stream import IN_A_WORD, dense_layer
from workbench.codegen.operators.packed import packs, paired, stream
from workbench.memory.plain_c.call import Call
from workbench.memory.plain_c.walks import axes

PACKED_BLOCK = 4  # output pixels the fast kernels compute together


def convolution(placed: Placed) -> Lowered:
    """In blocks of output pixels, through a buffer of their inputs."""
    call = placed.call
    found = channels(call, call.output.shape[3])
    weights = found.weights.reshape(found.count, -1)
    window = window_of(placed, found.given.zero_point)
    if placed.option is Option.SPEED and packs(found, weights):
        if placed.access.parameters["block"] != PACKED_BLOCK:
            return _windows(placed, found, weights, window)
        return (_pointwise if _is_pointwise(window) else _packed)(placed, found, weights, window)
    return Lowered(
        "wb_convolution_general",
        (
            window,
            Array("weights", found.weights.astype(np.int8)),
            found.struct(wrapped(found.bias)),
            placed.input_address(),
            placed.output_address(),
            placed.scratch_address(),
        ),
        ("convolution_general.c",),
    )


def _is_pointwise(window: Struct) -> bool:
    """Whether each output pixel needs the input pixel of the same number, and no other."""
    ones = ("kernel_height", "kernel_width", "stride_down", "stride_across")
    alike = (("height", "out_height"), ("width", "out_width"))
    sizes = window.fields
    return all(sizes[name] == 1 for name in ones) and all(sizes[one] == sizes[other] for one, other in alike)


def _block(found: Channels) -> Function:
    """The kernel of a block of pixels."""
    return Function("wb_convolution_block" if found.made.zero_point else "wb_convolution_block_relu")


def _pointwise(placed: Placed, found: Channels, weights: NDArray[np.int64], window: Struct) -> Lowered:
    depth = weights.shape[1]
    return Lowered(
        "wb_pointwise_packed",
        (
            _block(found),
            Array("weights", stream(found, paired(weights, depth))),
            depth,
            found.count,
            window.fields["pixels"],
            int(placed.access.backwards),
            placed.input_address(),
            placed.output_address(),
            placed.scratch_address("uint32_t"),
        ),
        ("pointwise_packed.c",),
    )


def _packed(placed: Placed, found: Channels, weights: NDArray[np.int64], window: Struct) -> Lowered:
    call = placed.call
    _, _, kernel_width, depth = call.input(1).shape
    weights = paired(weights, depth * (kernel_width if window.fields["dilation_across"] == 1 else 1))
    return Lowered(
        "wb_convolution_packed",
        (
            _block(found),
            window,
            Array("weights", stream(found, weights)),
            weights.shape[1] // 2,
            found.count,
            placed.input_address(),
            placed.output_address(),
            placed.scratch_address("uint32_t"),
        ),
        ("convolution_packed.c",),
    )


def _windows(placed: Placed, found: Channels, weights: NDArray[np.int64], window: Struct) -> Lowered:
    """With less scratch than the block of four pixels takes: each window is the input of a dense layer."""
    depth = weights.shape[1] + -weights.shape[1] % IN_A_WORD
    return Lowered(
        "wb_convolution_windows",
        (
            window,
            dense_layer(dataclasses.replace(found, weights=weights), 1, depth, backwards=False),
            placed.input_address(),
            placed.output_address(),
            placed.scratch_address("uint8_t"),
        ),
        ("convolution_windows.c",),
    )


def window_of(placed: Placed, zero_point: int) -> Struct:
    """``struct wb_window`` of a convolution."""
    call = placed.call
    sizes = _sizes(call)
    check_sizes(call, tuple(sizes.values()))
    batches, out_height, out_width, _ = call.output.shape
    return Struct(
        "struct wb_window",
        {
            "pixels": batches * out_height * out_width,
            "block": int(placed.access.parameters["block"]),
            "backwards": int(placed.access.backwards),
            **sizes,
            "zero_point": zero_point,
        },
    )


def _sizes(call: Call) -> dict[str, int]:
    _, height, width, depth = call.input(0).shape
    _, kernel_height, kernel_width, _ = call.input(1).shape
    _, out_height, out_width, filters = call.output.shape
    check_sizes(call, (filters,))
    down, across = axes(call, (kernel_height, kernel_width), (height, width), (out_height, out_width))
    return {
        "height": height,
        "width": width,
        "channels": depth,
        "out_height": out_height,
        "out_width": out_width,
        "kernel_height": kernel_height,
        "kernel_width": kernel_width,
        "stride_down": down.stride,
        "stride_across": across.stride,
        "dilation_down": down.dilation,
        "dilation_across": across.dilation,
        "before_down": down.before,
        "before_across": across.before,
    }
