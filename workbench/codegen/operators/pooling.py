"""AVERAGE_POOL_2D and MAX_POOL_2D of int8."""

from __future__ import annotations

from workbench.codegen.generated import Option
from workbench.codegen.lowering import Lowered, Placed, Struct
from workbench.codegen.quantization import activation_limits
from workbench.memory.plain_c.walks import axes

_LARGEST = 32767  # of what struct wb_window holds
_IN_A_WORD = 4
_MOST_IN_A_HALF_WORD = 0xFFFF // 255


def average_pool(placed: Placed) -> Lowered:
    """The average of what lies inside the input, halves away from zero; nothing is requantized."""
    call = placed.call
    pixels = int(call.option("filter_height", 1)) * int(call.option("filter_width", 1))
    return _pooled(placed, "wb_average_pool", in_words=pixels <= _MOST_IN_A_HALF_WORD)


def max_pool(placed: Placed) -> Lowered:
    """The maximum of what lies inside the input."""
    return _pooled(placed, "wb_max_pool", in_words=True)


def _pooled(placed: Placed, function: str, *, in_words: bool) -> Lowered:
    call = placed.call
    arguments = (pool_window(placed), *activation_limits(call), placed.input_address(), placed.output_address())
    if in_words and placed.option is Option.SPEED and call.output.shape[3] % _IN_A_WORD == 0:
        return Lowered(f"{function}_words", arguments, ("pool_words.c",))
    return Lowered(function, arguments, ("pool.c",))


def pool_window(placed: Placed) -> Struct:
    """``struct wb_window`` of a pooling."""
    call = placed.call
    _, height, width, channels = call.input(0).shape
    batches, out_height, out_width, _ = call.output.shape
    kernel = (int(call.option("filter_height", 1)), int(call.option("filter_width", 1)))
    down, across = axes(call, kernel, (height, width), (out_height, out_width))
    for axis in (down, across):
        last = (axis.outputs - 1) * axis.stride - axis.before
        if last >= axis.inputs or axis.kernel <= axis.before:
            raise call.refusal("has windows that cover nothing but padding.")
    sizes = {
        "height": height,
        "width": width,
        "channels": channels,
        "out_height": out_height,
        "out_width": out_width,
        "kernel_height": down.kernel,
        "kernel_width": across.kernel,
        "stride_down": down.stride,
        "stride_across": across.stride,
        "dilation_down": 1,
        "dilation_across": 1,
        "before_down": down.before,
        "before_across": across.before,
    }
    if max(sizes.values()) > _LARGEST:
        raise call.refusal(f"has a size over {_LARGEST:,}.")
    return Struct(
        "struct wb_window",
        {
            "pixels": batches * out_height * out_width,
            "block": 1,
            "backwards": int(placed.access.backwards),
            **sizes,
            "zero_point": 0,
        },
    )
