"""DEPTHWISE_CONV_2D of int8."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.generated import Option
from workbench.codegen.lowering import Argument, Array, Lowered, Placed, Struct
from workbench.codegen.operators.channels import Channels, channels, check_sizes, wrapped
from workbench.codegen.operators.convolution import convolution
from workbench.codegen.operators.packed import packs
from workbench.memory.plain_c.single_channel import as_convolution, is_convolution
from workbench.memory.plain_c.walks import axes

_PACKED_FORMS = {
    "batches": (1,),
    "multiplier": (1,),
    "taps": (3,),
    "taps_along": (3,),
    "stride": (1, 2),
    "stride_along": (1, 2),
    "dilation": (1,),
    "dilation_along": (1,),
}


def depthwise(placed: Placed) -> Lowered:
    """A channel at a time, through a ring of padded lines; with one input channel, as a convolution."""
    call = placed.call
    if is_convolution(call):
        return convolution(dataclasses.replace(placed, call=as_convolution(call)))
    found = channels(call, call.output.shape[3])
    lines = lines_of(placed, found.given.zero_point)
    weights = by_line(placed, found.weights)
    function, constants, kernels = _kernel(placed.option, found, lines, weights)
    ends = (placed.input_address(), placed.output_address(), placed.scratch_address())
    return Lowered(function, (lines, *constants, *ends), kernels)


def _kernel(
    option: Option, found: Channels, lines: Struct, weights: NDArray[np.int64]
) -> tuple[str, tuple[Argument, ...], tuple[str, ...]]:
    """The kernel's function, what it reads besides the form of the lines, and its files."""
    in_bytes = Array("weights", weights.astype(np.int8))
    if option is Option.SPEED and packs(found, weights.reshape(found.count, -1)):
        if _is_packed(lines):
            relu = "" if found.made.zero_point else "_relu"
            function = f"wb_depthwise_{lines.fields['stride_along']}{relu}"
            return (
                function,
                (Array("weights", _stream(found, weights)),),
                ("depthwise_lines.c", "depthwise_lines_dsp.S"),
            )
        if lines.fields["dilation_along"] == 1:
            constants = Array("constants", _words(_constants(found, weights)))
            kernels = ("depthwise_fours.c", "depthwise_taps.c", "depthwise_taps_dsp.S")
            return "wb_depthwise_fours", (in_bytes, constants), kernels
    return "wb_depthwise_general", (in_bytes, found.struct(wrapped(found.bias))), ("depthwise_general.c",)


def _is_packed(lines: Struct) -> bool:
    """Whether the fast kernels have this form."""
    return all(lines.fields[name] in values for name, values in _PACKED_FORMS.items())


def _stream(found: Channels, weights: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The words of depthwise_lines.h; ``weights`` are (channels, 3, 3), the last axis along a line."""
    taps = weights[:, :, [0, 1, 1, 2]] & 0xFF
    return _words(np.concatenate(((taps << np.arange(0, 32, 8)).sum(2), _constants(found, weights)), axis=1))


def _constants(found: Channels, weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """(filters, 3): bias doubled, multiplier, and the shift with twice the output's zero point and 1 from bit 8 on."""
    bias = found.folded(weights.sum((1, 2))).astype(np.int64)
    shift = -found.shift.astype(np.int64) | (2 * found.made.zero_point + 1) << 8
    return np.stack((2 * bias, found.multiplier.astype(np.int64), shift), axis=1)


def _words(values: NDArray[np.int64]) -> NDArray[np.uint32]:
    return (values & 0xFFFFFFFF).astype(np.uint32)


def by_line(placed: Placed, weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weights (1, height, width, channels) as [channel][tap across lines][tap along a line]."""
    return np.transpose(weights[0], (2, 1, 0) if _columns(placed) else (2, 0, 1))


def _columns(placed: Placed) -> bool:
    return placed.access.parameters["lines"] == "columns"


def lines_of(placed: Placed, zero_point: int) -> Struct:
    """``struct wb_lines`` of a depthwise convolution."""
    call = placed.call
    batches, height, width, depth = call.input(0).shape
    _, kernel_height, kernel_width, _ = call.input(1).shape
    _, out_height, out_width, filters = call.output.shape
    down, across = axes(call, (kernel_height, kernel_width), (height, width), (out_height, out_width))
    lines, along = (across, down) if _columns(placed) else (down, across)
    # From one pixel to the next, in elements: to the right and down.
    steps, out_steps = (depth, width * depth), (filters, out_width * filters)
    line = 0 if _columns(placed) else 1
    sizes = {
        "batches": batches,
        "channels": depth,
        "multiplier": filters // depth,
        "lines": lines.inputs,
        "out_lines": lines.outputs,
        "taps": lines.kernel,
        "stride": lines.stride,
        "dilation": lines.dilation,
        "before": lines.before,
        "length": along.inputs,
        "out_length": along.outputs,
        "taps_along": along.kernel,
        "stride_along": along.stride,
        "dilation_along": along.dilation,
        "before_along": along.before,
        "ring": int(placed.access.parameters["ring"]),
        "positions": int(placed.access.parameters["positions"]),
    }
    check_sizes(call, (filters, *sizes.values()))
    return Struct(
        "struct wb_lines",
        {
            "line_step": steps[line],
            "position_step": steps[1 - line],
            "out_line_step": out_steps[line],
            "out_position_step": out_steps[1 - line],
            **sizes,
            "zero_point": zero_point,
        },
    )
