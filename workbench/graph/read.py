""".tflite bytes → ``Graph``.

Whatever the bytes are, the answer is a graph or one BadModel: offsets, lengths, indices and sizes are
checked (``flatbuffer.py``), and every index in the graph refers to something that exists.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.errors import BadModel
from workbench.graph import schema
from workbench.graph.flatbuffer import Bytes, Table
from workbench.graph.model import DTYPE_BYTES, Graph, Operator, Quantization, Subgraph, Tensor

# Far above what a microcontroller holds; a guard against files that were never meant for one.
MAX_FILE_BYTES = 256 << 20
MAX_TENSOR_BYTES = (1 << 31) - 1
MAX_DIMENSIONS = 16

# Slots of the schema's tables, in the order schema.fbs declares them.
_MODEL_VERSION, _MODEL_CODES, _MODEL_SUBGRAPHS, _MODEL_DESCRIPTION, _MODEL_BUFFERS, _, _MODEL_METADATA = range(7)
_GRAPH_TENSORS, _GRAPH_INPUTS, _GRAPH_OUTPUTS, _GRAPH_OPERATORS, _GRAPH_NAME = range(5)
_TENSOR_SHAPE, _TENSOR_TYPE, _TENSOR_BUFFER, _TENSOR_NAME, _TENSOR_QUANTIZATION, _TENSOR_VARIABLE = range(6)
_TENSOR_SPARSITY = 6
_QUANT_SCALE, _QUANT_ZERO_POINT, _QUANT_AXIS = 2, 3, 6
_OP_CODE, _OP_INPUTS, _OP_OUTPUTS, _OP_OPTIONS_TYPE, _OP_OPTIONS, _OP_CUSTOM_OPTIONS = range(6)
_OP_INTERMEDIATES = 8
_CODE_OLD, _CODE_CUSTOM, _CODE_VERSION, _CODE_BUILTIN = range(4)
_BUFFER_DATA, _BUFFER_OFFSET = 0, 1
_METADATA_NAME, _METADATA_BUFFER = 0, 1

# Options that name a subgraph: the index must exist.
_SUBGRAPH_OPTIONS = (
    "subgraph",
    "then_subgraph_index",
    "else_subgraph_index",
    "cond_subgraph_index",
    "body_subgraph_index",
    "init_subgraph_index",
)


@dataclass(frozen=True)
class _Shared:
    """What the subgraphs of a file refer to: constant data, operator codes as (name, version, is custom)."""

    buffers: Sequence[bytes]
    codes: Sequence[tuple[str, int, bool]]
    subgraphs: int


def read_graph(data: bytes) -> Graph:
    """The model in the bytes of a .tflite file; raises BadModel when they are not one."""
    if len(data) > MAX_FILE_BYTES:
        raise BadModel(f"The model file has {len(data):,} bytes, more than the {MAX_FILE_BYTES:,} that are read.")
    if len(data) < 8 or data[4:8] != schema.FILE_IDENTIFIER:
        raise BadModel("This is not a .tflite file.", to_do="Choose a model saved for TensorFlow Lite.")
    source = Bytes(data)
    model = source.root()
    version = model.scalar(_MODEL_VERSION, "u32")
    if version != schema.VERSION:
        raise BadModel(
            f"The model file has schema version {version}; only version {schema.VERSION} is read.",
            to_do="Convert the model again with a current TensorFlow.",
        )
    shared = _Shared(
        buffers=[_buffer(table) for table in model.tables(_MODEL_BUFFERS)],
        codes=[_operator_code(table) for table in model.tables(_MODEL_CODES)],
        subgraphs=model.count(_MODEL_SUBGRAPHS),
    )
    if not shared.subgraphs:
        raise BadModel("The model file holds no graph.")
    subgraphs = tuple(
        _subgraph(table, f"subgraph {i}", shared) for i, table in enumerate(model.tables(_MODEL_SUBGRAPHS))
    )
    metadata = {
        table.text(_METADATA_NAME): _constant(shared.buffers, table.scalar(_METADATA_BUFFER, "u32"), "metadata")
        for table in model.tables(_MODEL_METADATA)
    }
    description = model.text(_MODEL_DESCRIPTION)
    return Graph(subgraphs, description, len(data), metadata, sum(source.strings.values()))


def _buffer(table: Table) -> bytes:
    if table.scalar(_BUFFER_OFFSET, "u64") > 1:
        raise BadModel(
            "The model keeps its weights outside the flatbuffer, as models over 2 GB do.",
            to_do="No microcontroller runtime reads such a file: convert the model again.",
        )
    return table.raw(_BUFFER_DATA)


def _operator_code(table: Table) -> tuple[str, int, bool]:
    """(name, version, whether it is a custom operator)."""
    # The old field has one byte; numbers past 126 stand in the new one.
    number = max(table.scalar(_CODE_OLD, "i8"), table.scalar(_CODE_BUILTIN, "i32"))
    version: int = table.scalar(_CODE_VERSION, "i32", 1)
    if number == schema.CUSTOM:
        return table.text(_CODE_CUSTOM) or "CUSTOM", version, True
    if not 0 <= number < len(schema.OPERATORS):
        raise BadModel(f"The model uses operator number {number}, which the schema does not know.")
    return schema.OPERATORS[number], version, False


def _subgraph(table: Table, where: str, shared: _Shared) -> Subgraph:
    tensors = tuple(
        _tensor(t, i, f"{where}, tensor {i}", shared.buffers) for i, t in enumerate(table.tables(_GRAPH_TENSORS))
    )
    operators = tuple(
        _operator(t, i, f"{where}, operator {i}", len(tensors), shared)
        for i, t in enumerate(table.tables(_GRAPH_OPERATORS))
    )
    return Subgraph(
        name=table.text(_GRAPH_NAME),
        tensors=tensors,
        operators=operators,
        inputs=_indices(table, _GRAPH_INPUTS, where, len(tensors)),
        outputs=_indices(table, _GRAPH_OUTPUTS, where, len(tensors)),
    )


def _indices(table: Table, slot: int, where: str, count: int, *, optional: bool = False) -> tuple[int, ...]:
    """Indices of tensors, each of which exists; -1 only where an input may be left out."""
    indices: tuple[int, ...] = table.vector(slot, "i32")
    lowest = -1 if optional else 0
    for index in indices:
        if not lowest <= index < count:
            raise BadModel(f"It refers to tensor {index}, but there are {count}.", where=where)
    return indices


def _tensor(table: Table, index: int, where: str, buffers: Sequence[bytes]) -> Tensor:
    number = table.scalar(_TENSOR_TYPE, "i8")
    if not 0 <= number < len(schema.DTYPES):
        raise BadModel(f"Its element type is number {number}, which the schema does not know.", where=where)
    if table.has(_TENSOR_SPARSITY):
        raise BadModel(
            "It is stored in the sparse encoding, which no microcontroller runtime reads.",
            where=where,
            to_do="Convert the model without sparse encoding; pruned weights may stay zero.",
        )
    dtype = schema.DTYPES[number]
    shape = table.vector(_TENSOR_SHAPE, "i32")
    size = _tensor_bytes(shape, dtype, where)
    buffer = table.scalar(_TENSOR_BUFFER, "u32")
    data = _constant(buffers, buffer, where) or None
    if data is not None and len(data) < size:
        raise BadModel(f"It needs {size:,} bytes of data and has {len(data):,}.", where=where)
    return Tensor(
        index=index,
        name=table.text(_TENSOR_NAME),
        shape=shape,
        dtype=dtype,
        bytes=size,
        quantization=_quantization(table.table(_TENSOR_QUANTIZATION), shape, where),
        data=data,
        is_variable=table.scalar(_TENSOR_VARIABLE, "bool", False),
        buffer=buffer,
    )


def _tensor_bytes(shape: tuple[int, ...], dtype: str, where: str) -> int:
    if len(shape) > MAX_DIMENSIONS:
        raise BadModel(f"It has {len(shape)} dimensions; at most {MAX_DIMENSIONS} are read.", where=where)
    if any(size < 0 for size in shape):
        raise BadModel(
            f"Its shape {shape} is not fixed.", where=where, to_do="Convert the model with a fixed batch size of 1."
        )
    elements = math.prod(shape)
    # Two int4 elements share a byte; strings and variants have no size of their own.
    size = (elements + 1) // 2 if dtype == "int4" else elements * DTYPE_BYTES.get(dtype, 0)
    if size > MAX_TENSOR_BYTES:
        raise BadModel(f"Its shape {shape} takes {size:,} bytes.", where=where)
    return size


def _constant(buffers: Sequence[bytes], index: int, where: str) -> bytes:
    if index >= len(buffers):
        raise BadModel(f"It refers to buffer {index}, but there are {len(buffers)}.", where=where)
    return buffers[index]


def _quantization(table: Table | None, shape: tuple[int, ...], where: str) -> Quantization | None:
    if table is None:
        return None
    scales = table.vector(_QUANT_SCALE, "f32")
    zero_points = table.vector(_QUANT_ZERO_POINT, "i64")
    if not scales or not zero_points:
        return None  # only a range (min, max), left by the converter
    axis = table.scalar(_QUANT_AXIS, "i32")
    if len(zero_points) not in (1, len(scales)):
        raise BadModel(f"It has {len(scales)} scales but {len(zero_points)} zero points.", where=where)
    if not all(math.isfinite(scale) and scale >= 0 for scale in scales):
        raise BadModel("A quantization scale is not a positive number.", where=where)
    if len(scales) > 1 and not (0 <= axis < len(shape) and shape[axis] == len(scales)):
        raise BadModel(f"It has {len(scales)} scales along axis {axis} of shape {shape}.", where=where)
    return Quantization(scales, zero_points, axis)


def _operator(table: Table, index: int, where: str, tensors: int, shared: _Shared) -> Operator:
    code = table.scalar(_OP_CODE, "u32")
    if code >= len(shared.codes):
        raise BadModel(f"It refers to operator code {code}, but there are {len(shared.codes)}.", where=where)
    name, version, custom = shared.codes[code]
    options = _custom_options(table) if custom else _options(table, f"{where} ({name})")
    for key in _SUBGRAPH_OPTIONS:
        if not 0 <= options.get(key, 0) < shared.subgraphs:
            raise BadModel(f"It runs subgraph {options[key]}, but there are {shared.subgraphs}.", where=where)
    return Operator(
        index=index,
        name=name,
        version=version,
        inputs=_indices(table, _OP_INPUTS, where, tensors, optional=True),
        outputs=_indices(table, _OP_OUTPUTS, where, tensors, optional=True),
        intermediates=_indices(table, _OP_INTERMEDIATES, where, tensors),
        options=options,
        is_custom=custom,
    )


def _custom_options(table: Table) -> Mapping[str, Any]:
    """A custom operator's options are bytes of its own making."""
    data = table.raw(_OP_CUSTOM_OPTIONS)
    return {"custom_options": data} if data else {}


def _options(table: Table, where: str) -> Mapping[str, Any]:
    fields = schema.OPTIONS.get(table.scalar(_OP_OPTIONS_TYPE, "u8"))
    stored = table.table(_OP_OPTIONS)
    if fields is None or stored is None:
        return {}
    return {option.name: _option(stored, option, where) for option in fields}


def _option(table: Table, option: schema.Option, where: str) -> Any:
    if option.kind == "text":
        return table.text(option.slot)
    if option.kind.endswith("[]"):
        return table.vector(option.slot, option.kind.removesuffix("[]"))
    words = schema.ENUMERATIONS.get(option.kind)
    if words is None:
        return table.scalar(option.slot, option.kind, option.default)
    number = table.scalar(option.slot, "i8", option.default)
    if not 0 <= number < len(words):
        raise BadModel(f"Its {option.name} is number {number}, which the schema does not know.", where=where)
    return words[number]
