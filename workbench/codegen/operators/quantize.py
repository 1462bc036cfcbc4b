"""QUANTIZE and DEQUANTIZE: between real values, int8, int16 and, of results, int32."""

from __future__ import annotations

from workbench.codegen.fixed_point import multiplier
from workbench.codegen.lowering import Address, Lowered, Placed, Struct
from workbench.codegen.operators.lookup import requantized
from workbench.codegen.quantization import ACTIVATIONS, stored
from workbench.graph.model import Tensor
from workbench.memory.plain_c.call import Call

_C_TYPES = {"float32": "float", "int32": "int32_t"}  # int8 and int16 are read and written byte by byte, or by twos


def quantize(placed: Placed) -> Lowered:
    """Real values to whole ones, or from one scale, zero point and width to others."""
    call = placed.call
    given, made = call.input(0), call.output
    if given.dtype == "float32":
        return _called(placed, "wb_quantize", _affine(call, made))
    if given.dtype == made.dtype == "int8":
        return requantized(placed)
    before, after = stored(call, given), stored(call, made, (*ACTIVATIONS, "int32"))
    factor = multiplier(before.scale / after.scale)
    if factor.shift > 14:
        raise call.refusal("has scales too far apart.")
    fields = {
        "multiplier": factor.value,
        "shift": factor.shift,
        "zero_input": before.zero_point,
        "zero_output": after.zero_point,
        "lowest": after.lowest,
        "highest": after.highest,
        "wide_input": int(given.dtype == "int16"),
        "wide_output": int(made.dtype == "int16"),
    }
    function = "wb_rescale_to_int32" if made.dtype == "int32" else "wb_rescale"
    return _called(placed, function, Struct("struct wb_rescale", fields))


def dequantize(placed: Placed) -> Lowered:
    """Whole values to real ones."""
    call = placed.call
    if call.output.dtype != "float32":
        raise call.refusal(f"to {call.output.dtype} has no kernel here.")
    return _called(placed, "wb_dequantize", _affine(call, call.input(0)))


def _affine(call: Call, tensor: Tensor) -> Struct:
    how = stored(call, tensor)
    fields = {
        "scale": float(how.scale),
        "zero_point": how.zero_point,
        "lowest": how.lowest,
        "highest": how.highest,
        "wide": int(tensor.dtype == "int16"),
    }
    return Struct("struct wb_affine", fields)


def _called(placed: Placed, function: str, how: Struct) -> Lowered:
    call = placed.call
    count, backwards = call.output.elements, int(placed.access.backwards)
    ends = tuple(
        Address(placed.offsets[tensor.index], _C_TYPES.get(tensor.dtype, "uint8_t"))
        for tensor in (call.input(0), call.output)
    )
    return Lowered(function, (how, count, backwards, *ends), ("quantize.c",))
