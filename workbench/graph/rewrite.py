"""A model file with other contents and shapes of its tensors; everything else stays as it is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from workbench.errors import NotSupported
from workbench.graph.model import DTYPE_BYTES, Graph, Tensor
from workbench.graph.read import read_graph


def changed(tensor: Tensor, **changes: Any) -> Tensor:
    """``tensor`` with other fields; its size in bytes follows from the shape."""
    new = dataclasses.replace(tensor, **changes)
    return dataclasses.replace(new, bytes=math.prod(new.shape) * DTYPE_BYTES[new.dtype])


class Template:
    """A .tflite file with one graph whose tensors can be replaced.

    Changes are tensors by index. Shape, content and quantization of each take effect; name and element type stay.
    What was quantized, stored or per channel stays so.
    """

    def __init__(self, model: bytes) -> None:
        self.bytes = model
        self.graph = read_graph(model)  # checks every offset before the library below follows them unchecked
        if len(self.graph.subgraphs) != 1:
            raise NotSupported(f"The model has {len(self.graph.subgraphs)} graphs; only one can be changed in place.")
        self._unpacked: Any = None

    def graph_with(self, changes: Mapping[int, Tensor]) -> Graph:
        """The graph with changes, without writing a file; ``bytes`` stays that of the template."""
        main = self.graph.main
        tensors = tuple(changes.get(tensor.index, tensor) for tensor in main.tensors)
        return dataclasses.replace(self.graph, subgraphs=(dataclasses.replace(main, tensors=tensors),))

    def file_with(self, changes: Mapping[int, Tensor], outputs: Sequence[int] | None = None) -> bytes:
        """The .tflite file with changes, written as the converter writes its own; not for two threads at once.

        ``outputs`` are tensors that it answers with in place of its own: what is computed on the way.
        """
        import flatbuffers
        from ai_edge_litert import schema_py_generated as schema

        if self._unpacked is None:
            self._unpacked = schema.ModelT.InitFromPackedBuf(bytearray(self.bytes), 0)
        with self._applied(changes, outputs, schema) as model:
            builder = flatbuffers.Builder(len(self.bytes) + 1024)
            builder.Finish(model.Pack(builder), b"TFL3")
            return bytes(builder.Output())

    @contextmanager
    def _applied(self, changes: Mapping[int, Tensor], outputs: Sequence[int] | None, schema: Any) -> Iterator[Any]:
        """The unpacked model while the changes are in it."""
        model = self._unpacked
        graph = model.subgraphs[0]
        buffers, answers = list(model.buffers), graph.outputs
        before = {}
        try:
            if outputs is not None:
                graph.outputs = np.array(outputs, np.int32)
            for index, tensor in changes.items():
                slot = graph.tensors[index]
                before[index] = (slot.shape, slot.buffer, slot.quantization)
                slot.shape = np.array(tensor.shape, np.int32)
                if tensor.data is not None:
                    # A buffer of its own: the file may keep equal contents of several tensors once.
                    shared = sum(other.buffer == slot.buffer for other in graph.tensors) > 1
                    content = schema.BufferT()
                    content.data = np.frombuffer(tensor.data, np.uint8)
                    if shared:
                        slot.buffer = len(model.buffers)
                        model.buffers.append(content)
                    else:
                        model.buffers[slot.buffer] = content
                if tensor.quantization is not None and slot.quantization is not None:
                    quantization = schema.QuantizationParametersT()
                    quantization.scale = np.array(tensor.quantization.scales, np.float32)
                    quantization.zeroPoint = np.array(tensor.quantization.zero_points, np.int64)
                    quantization.quantizedDimension = tensor.quantization.axis
                    slot.quantization = quantization
            yield model
        finally:
            for index, (shape, buffer, quantization) in before.items():
                slot = graph.tensors[index]
                slot.shape, slot.buffer, slot.quantization = shape, buffer, quantization
            model.buffers, graph.outputs = buffers, answers
