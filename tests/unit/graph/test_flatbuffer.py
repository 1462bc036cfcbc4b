from __future__ import annotations

import struct

import flatbuffers
import pytest
import tflite

from workbench.errors import BadModel
from workbench.graph.flatbuffer import Bytes, Table


def subgraph(name: str, inputs: list[int]) -> Table:
    builder = flatbuffers.Builder(64)
    text = builder.CreateString(name)
    tflite.SubGraphStartInputsVector(builder, len(inputs))
    for number in reversed(inputs):
        builder.PrependInt32(number)
    vector = builder.EndVector()
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddName(builder, text)
    tflite.SubGraphAddInputs(builder, vector)
    builder.Finish(tflite.SubGraphEnd(builder))
    return Bytes(bytes(builder.Output())).root()


def test_fields_are_read_by_slot() -> None:
    table = subgraph("main", [3, -1])
    assert table.text(4) == "main"
    assert table.vector(1, "i32") == (3, -1)
    assert table.has(4)


def test_fields_that_are_not_stored_have_their_default() -> None:
    table = subgraph("main", [])
    assert not table.has(0)
    assert table.vector(2, "i32") == ()
    assert table.count(3) == 0
    assert list(table.tables(3)) == []
    assert table.table(9) is None
    assert table.scalar(9, "i32", 7) == 7


def test_text_that_is_not_utf8_is_shown_with_replacements() -> None:
    data = bytes(subgraph("main", [])._bytes.data).replace(b"main", b"m\xffin")
    assert Bytes(data).root().text(4) == "m\ufffdin"


@pytest.mark.parametrize("offset", [0xFFFFFFFF, 1000, 0x7FFFFFFF])
def test_an_offset_out_of_the_file_is_one_message(offset: int) -> None:
    with pytest.raises(BadModel, match="points outside itself"):
        Bytes(struct.pack("<I", offset)).root()


@pytest.mark.parametrize("size", [0, 2, 3, 5])
def test_a_vtable_of_an_impossible_size_is_refused(size: int) -> None:
    data = struct.pack("<IHHi", 8, size, 4, 4)
    with pytest.raises(BadModel, match="no valid description"):
        Bytes(data).root()


def test_a_vector_longer_than_the_file_is_refused() -> None:
    table = subgraph("main", [1, 2])
    data = bytearray(table._bytes.data)
    position = data.index(struct.pack("<Iii", 2, 1, 2))
    data[position : position + 4] = struct.pack("<I", 0x40000000)
    with pytest.raises(BadModel, match="points outside itself"):
        Bytes(bytes(data)).root().vector(1, "i32")
