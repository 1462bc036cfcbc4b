"""CONV_2D of int8."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.generated import Option
from workbench.codegen.lowering import Array, Lowered, Placed, Struct
from workbench.codegen.operators.channels import Channels, channels, check_sizes, wrapped
from workbench.codegen.operators.packed import packs, paired, stream
from workbench.memory.plain_c.call import Call
from workbench.memory.plain_c.walks import axes

PACKED_BLOCK = 4  # output pixels the fast kernel computes together


def convolution(placed: Placed) -> Lowered:
    """In blocks of output pixels, through a buffer of their inputs."""
    call = placed.call
    found = channels(call, call.output.shape[3])
    weights = found.weights.reshape(found.count, -1)
    if placed.option is Option.SPEED and placed.access.parameters["block"] == PACKED_BLOCK and packs(found, weights):
        return _packed(placed, found, paired(weights, call.input(0).shape[3]))
    return Lowered(
        "wb_convolution_general",
        (
            _window(placed, found.given.zero_point),
            Array("weights", found.weights.astype(np.int8)),
            found.struct(wrapped(found.bias)),
            placed.input_address(),
            placed.output_address(),
            placed.scratch_address(),
        ),
        ("convolution_general.c",),
    )


def _packed(placed: Placed, found: Channels, weights: NDArray[np.int64]) -> Lowered:
    return Lowered(
        "wb_convolution_packed",
        (
            _window(placed, found.given.zero_point),
            Array("weights", stream(found, weights)),
            weights.shape[1] // 2,
            found.count,
            placed.input_address(),
            placed.output_address(),
            placed.scratch_address("uint32_t"),
        ),
        ("convolution_packed.c",),
    )


def _window(placed: Placed, zero_point: int) -> Struct:
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
