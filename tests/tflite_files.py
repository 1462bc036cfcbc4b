"""Small .tflite files, written with the generated schema: nothing of the program's own reader is used."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np


@dataclass(frozen=True)
class T:
    """A tensor; ``scales`` quantize it, ``constant`` is its content, True for ones."""

    shape: tuple[int, ...]
    dtype: str = "int8"
    scales: tuple[float, ...] = ()
    constant: bool | np.ndarray = False
    variable: bool = False
    axis: int = 0
    zero_point: int = 0


@dataclass(frozen=True)
class Op:
    """An operator; tensors by index, ``options`` by the schema's names, such as {"StrideW": 2}."""

    name: str
    inputs: Sequence[int]
    outputs: Sequence[int]
    table: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    intermediates: Sequence[int] = ()
    custom_options: bytes = b""


@dataclass(frozen=True)
class G:
    """A subgraph."""

    tensors: Sequence[T]
    operators: Sequence[Op]
    inputs: Sequence[int]
    outputs: Sequence[int]


def _schema(name: str) -> Any:
    return importlib.import_module(f"tflite.{name}")


def _vector(builder: flatbuffers.Builder, items: Sequence[Any], kind: str) -> int:
    numpy_kind = {"i32": np.int32, "i64": np.int64, "f32": np.float32, "u8": np.uint8}[kind]
    return builder.CreateNumpyVector(np.asarray(items, dtype=numpy_kind))


def _offsets(builder: flatbuffers.Builder, items: Sequence[int]) -> int:
    builder.StartVector(4, len(items), 4)
    for item in reversed(items):
        builder.PrependUOffsetTRelative(item)
    return builder.EndVector()


def _table(builder: flatbuffers.Builder, name: str, fields: Mapping[str, Any]) -> int:
    module = _schema(name)
    getattr(module, f"{name}Start")(builder)
    for key, value in fields.items():
        if value is not None:
            getattr(module, f"{name}Add{key}")(builder, value)
    return getattr(module, f"{name}End")(builder)


def _tensor(builder: flatbuffers.Builder, tensor: T, number: int, buffers: list[bytes]) -> int:
    types = vars(_schema("TensorType").TensorType)
    buffer = 0
    if tensor.constant is not False:
        numpy_type = {"float32": "f4", "int4": "i1", "float16": "f2"}.get(tensor.dtype, tensor.dtype)
        array = np.ones(tensor.shape, numpy_type) if tensor.constant is True else np.asarray(tensor.constant)
        data = array.tobytes()
        buffer = len(buffers)
        buffers.append(data[: (len(data) + 1) // 2] if tensor.dtype == "int4" else data)
    name = builder.CreateString(f"t{number}")
    shape = _vector(builder, tensor.shape, "i32")
    quantization = None
    if tensor.scales:
        scale = _vector(builder, tensor.scales, "f32")
        zero = _vector(builder, [tensor.zero_point] * len(tensor.scales), "i64")
        fields = {"Scale": scale, "ZeroPoint": zero, "QuantizedDimension": tensor.axis}
        quantization = _table(builder, "QuantizationParameters", fields)
    fields = {"Shape": shape, "Type": types[tensor.dtype.upper()], "Buffer": buffer, "Name": name}
    fields |= {"Quantization": quantization, "IsVariable": tensor.variable}
    return _table(builder, "Tensor", fields)


def _operator(builder: flatbuffers.Builder, op: Op, code: int) -> int:
    fields: dict[str, Any] = {"OpcodeIndex": code}
    fields["Inputs"] = _vector(builder, op.inputs, "i32")
    fields["Outputs"] = _vector(builder, op.outputs, "i32")
    if op.intermediates:
        fields["Intermediates"] = _vector(builder, op.intermediates, "i32")
    if op.table:
        options = {
            key: _vector(builder, value, "i32") if isinstance(value, list) else value
            for key, value in op.options.items()
        }
        texts = {key: builder.CreateString(v) for key, v in options.items() if isinstance(v, str)}
        fields["BuiltinOptionsType"] = vars(_schema("BuiltinOptions").BuiltinOptions)[op.table]
        fields["BuiltinOptions"] = _table(builder, op.table, options | texts)
    if op.custom_options:
        fields["CustomOptions"] = _vector(builder, list(op.custom_options), "u8")
    return _table(builder, "Operator", fields)


def build(*graphs: G, metadata: Mapping[str, bytes] | None = None, version: int = 3) -> bytes:
    """The bytes of a model file."""
    builder = flatbuffers.Builder(1024)
    numbers = vars(_schema("BuiltinOperator").BuiltinOperator)
    names = list(dict.fromkeys(op.name for graph in graphs for op in graph.operators))
    codes = []
    for name in names:
        number = numbers.get(name, numbers["CUSTOM"])
        custom = None if name in numbers else builder.CreateString(name)
        fields = {"DeprecatedBuiltinCode": min(number, 127), "BuiltinCode": number, "Version": 1, "CustomCode": custom}
        codes.append(_table(builder, "OperatorCode", fields))
    buffers = [b""]
    tables = []
    for graph in graphs:
        tensors = [_tensor(builder, tensor, i, buffers) for i, tensor in enumerate(graph.tensors)]
        operators = [_operator(builder, op, names.index(op.name)) for op in graph.operators]
        fields = {
            "Tensors": _offsets(builder, tensors),
            "Inputs": _vector(builder, graph.inputs, "i32"),
            "Outputs": _vector(builder, graph.outputs, "i32"),
            "Operators": _offsets(builder, operators),
        }
        tables.append(_table(builder, "SubGraph", fields))
    entries = []
    for name, data in (metadata or {}).items():
        buffers.append(data)
        fields = {"Name": builder.CreateString(name), "Buffer": len(buffers) - 1}
        entries.append(_table(builder, "Metadata", fields))
    stored = []
    for data in buffers:
        builder.StartVector(1, len(data), 16)
        builder.head -= len(data)
        builder.Bytes[builder.head : builder.head + len(data)] = data
        vector = builder.EndVector()
        stored.append(_table(builder, "Buffer", {"Data": vector} if data else {}))
    fields = {
        "Version": version,
        "OperatorCodes": _offsets(builder, codes),
        "Subgraphs": _offsets(builder, tables),
        "Buffers": _offsets(builder, stored),
        "Metadata": _offsets(builder, entries) if entries else None,
    }
    builder.Finish(_table(builder, "Model", fields), b"TFL3")
    return bytes(builder.Output())
