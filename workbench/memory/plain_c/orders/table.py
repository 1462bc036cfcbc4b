"""Which order each operator's kernel follows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

from workbench.errors import NotSupported
from workbench.memory.plain_c.access import Access
from workbench.memory.plain_c.call import Call, is_computed
from workbench.memory.plain_c.orders import movement
from workbench.memory.plain_c.orders.convolution import convolution
from workbench.memory.plain_c.orders.depthwise import depthwise
from workbench.memory.plain_c.orders.elementwise import elementwise
from workbench.memory.plain_c.orders.fully_connected import fully_connected
from workbench.memory.plain_c.orders.recurrent import lstm
from workbench.memory.plain_c.orders.reduction import mean, pooling

# Variants from the fastest to the one with least scratch; in each, the forward order first.
Variants = tuple[tuple[Access, ...], ...]
Order = Callable[[Call], Variants]

# Their output is their input with another shape: both are the same bytes, and no code is needed.
ALIASES = frozenset({"EXPAND_DIMS", "RESHAPE", "SQUEEZE"})

ORDERS: Mapping[str, Order] = {
    "ADD": elementwise,
    "ASSIGN_VARIABLE": movement.assign_variable,
    "AVERAGE_POOL_2D": pooling,
    "CONCATENATION": movement.concatenation,
    "CONV_2D": convolution,
    "DEPTHWISE_CONV_2D": depthwise,
    "DEQUANTIZE": elementwise,
    "EXPAND_DIMS": movement.copy,
    "FULLY_CONNECTED": fully_connected,
    "HARD_SWISH": elementwise,
    "LEAKY_RELU": elementwise,
    "LOGISTIC": elementwise,
    "MAXIMUM": elementwise,
    "MAX_POOL_2D": pooling,
    "MEAN": mean,
    "MINIMUM": elementwise,
    "MUL": elementwise,
    "PAD": movement.pad,
    "PADV2": movement.pad,
    "QUANTIZE": elementwise,
    "READ_VARIABLE": movement.read_variable,
    "RELU": elementwise,
    "RELU6": elementwise,
    "RESHAPE": movement.copy,
    "RESIZE_NEAREST_NEIGHBOR": movement.resize_nearest,
    "SLICE": movement.slice_,
    "SOFTMAX": elementwise,
    "SPLIT": movement.split,
    "SQUEEZE": movement.copy,
    "STRIDED_SLICE": movement.strided_slice,
    "SUB": elementwise,
    "TANH": elementwise,
    "TRANSPOSE": movement.transpose,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": lstm,
}

# They turn one type into another, or compute nothing.
_OF_ANY_TYPE = ALIASES | {"DEQUANTIZE", "QUANTIZE"}
# They keep a state from one invocation to the next, of types of their own.
_WITH_STATE = frozenset({"UNIDIRECTIONAL_SEQUENCE_LSTM"})
# They compute int8 and int16; all others int8.
_OF_INT16 = frozenset(
    {
        "ADD",
        "ASSIGN_VARIABLE",
        "AVERAGE_POOL_2D",
        "CONCATENATION",
        "CONV_2D",
        "DEPTHWISE_CONV_2D",
        "FULLY_CONNECTED",
        "LEAKY_RELU",
        "LOGISTIC",
        "MAXIMUM",
        "MAX_POOL_2D",
        "MEAN",
        "MINIMUM",
        "MUL",
        "PAD",
        "PADV2",
        "READ_VARIABLE",
        "RELU",
        "RELU6",
        "RESIZE_NEAREST_NEIGHBOR",
        "SLICE",
        "SOFTMAX",
        "SPLIT",
        "STRIDED_SLICE",
        "SUB",
        "TANH",
        "TRANSPOSE",
    }
)

_MOST_SCRATCH = 1 << 24  # bytes; a bound for malformed models

# What they move, or over what they take the mean, stands in stored values.
FOLLOW_VALUES = frozenset({"MEAN", "PAD", "PADV2", "SLICE", "SPLIT", "STRIDED_SLICE", "TRANSPOSE"})


def variants(call: Call, known: dict[object, Variants]) -> Variants:
    """The orders a kernel of the plain-C engine may take for an operator; NotSupported when there is no kernel.

    Operators of the same kind and shapes share theirs: ``known`` holds those found before.
    """
    shapes = tuple(
        tensor and (tensor.shape, tensor.dtype, is_computed(tensor), tensor.is_variable)
        for tensor in (*call.inputs, *call.outputs)
    )
    values = tuple(tensor and tensor.data for tensor in call.inputs) if call.operator.name in FOLLOW_VALUES else ()
    key = (call.operator.name, shapes, len(call.inputs), values, repr(sorted(call.operator.options.items())))
    if key not in known:
        known[key] = _variants(call)
    return known[key]


def _variants(call: Call) -> Variants:
    order = ORDERS.get(call.operator.name)
    if order is None:
        raise NotSupported(
            f"{call.operator.name} has no kernel in plain C.",
            where=call.where,
            to_do="Choose a TensorFlow Lite Micro engine.",
        )
    for tensor in (*call.inputs, *call.outputs):
        if tensor is not None and is_computed(tensor):
            if call.operator.name in _WITH_STATE:
                continue
            if tensor.is_variable:
                raise call.refusal(f"keeps state in {tensor.name!r}; the plain-C engine has no kernel for that.")
            if not _computes(call.operator.name, tensor.dtype):
                able = "int8 and int16" if call.operator.name in _OF_INT16 else "int8"
                raise call.refusal(f"computes {tensor.dtype}; the plain-C engine computes {able}.")
    try:
        found = order(call)
    except (ValueError, IndexError, TypeError) as error:  # numpy's, for shapes, axes and slices at odds
        raise call.refusal("has shapes at odds.") from error
    for place, tensor in enumerate(call.inputs):
        if is_computed(tensor) and any(access.reads[place] is None for access in itertools.chain(*found)):
            raise call.refusal(f"needs stored values as input {place}, not computed ones.")
    bounded = tuple(variant for variant in found if variant[0].scratch_bytes <= _MOST_SCRATCH)
    if not bounded:
        raise call.refusal(f"would need {found[-1][0].scratch_bytes:,} bytes of scratch.")
    return bounded


def _computes(name: str, dtype: str) -> bool:
    return dtype == "int8" or name in _OF_ANY_TYPE or (dtype == "int16" and name in _OF_INT16)
