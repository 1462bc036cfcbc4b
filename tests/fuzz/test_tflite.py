"""Whatever a .tflite file holds, the answer is a graph or one plain message: no crash, no hang, no heap of memory."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import flatbuffers
import pytest
import tflite

from workbench.errors import BadModel, NotSupported, WorkbenchError
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.memory.tflm.node import CMSIS_NN
from workbench.memory.tflm_arena import tflm_arena
from workbench.memory.verify import find_problem

IN_SUITE = 500
NIGHTLY = 20_000
SECONDS_A_FILE = 5.0  # of the processor: how loaded the machine is plays no part
WORDS = (0, 1, 2, 3, 4, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
STRIDES = (1, 2, 4, 8)

Mutation = Callable[[bytearray, random.Random], None]


def flip_bits(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 8)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def set_words(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(max(1, len(data) - 4)) // 4 * 4
        data[place : place + 4] = struct.pack("<I", rng.choice(WORDS))


def move_offsets(data: bytearray, rng: random.Random) -> None:
    """Numbers that are a little off point near what they pointed to."""
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(max(1, len(data) - 4)) // 4 * 4
        value = int.from_bytes(data[place : place + 4], "little")
        data[place : place + 4] = struct.pack("<I", (value + rng.choice(STRIDES) * rng.choice((-1, 1))) & 0xFFFFFFFF)


def truncate(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data)) :]


def copy_block(data: bytearray, rng: random.Random) -> None:
    size = rng.randint(1, min(256, len(data)))
    source, target = rng.randrange(len(data)), rng.randrange(len(data))
    block = data[source : source + size]
    data[target : target + len(block)] = block


def insert_bytes(data: bytearray, rng: random.Random) -> None:
    place = rng.randrange(len(data))
    data[place:place] = rng.randbytes(rng.randint(1, 64))


def make_near_the_start(data: bytearray, rng: random.Random) -> None:
    """Structure lies at the ends of a file; weights in its middle."""
    for _ in range(rng.randint(1, 16)):
        data[rng.randrange(min(1024, len(data)))] = rng.randrange(256)


def make_near_the_end(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 16)):
        data[-1 - rng.randrange(min(4096, len(data)))] = rng.randrange(256)


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    set_words,
    move_offsets,
    truncate,
    copy_block,
    insert_bytes,
    make_near_the_start,
    make_near_the_end,
)


def real_files(shared: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((shared / "models").glob("*.tflite"))]


def check(data: bytes) -> bool:
    """Read one file; whether it was a graph."""
    start = time.process_time()
    try:
        graph = read_graph(data)
    except BadModel as error:
        assert 0 < len(str(error)) < 500
        return False
    else:
        assert isinstance(graph, Graph)
        plan(graph)
        return True
    finally:
        assert time.process_time() - start < SECONDS_A_FILE


def plan(graph: Graph) -> None:
    """A graph that was read goes through the planner, or is refused with a message."""
    try:
        arena = tflm_arena(graph, CMSIS_NN)
    except (NotSupported, BadModel) as error:
        assert 0 < len(str(error)) < 500
    else:
        problem = find_problem(arena.plan, graph)
        assert not problem or "not kept" in problem  # a model that reads what nothing wrote


def fuzz(files: list[bytes], rounds: int) -> int:
    read = 0
    for number in range(rounds):
        rng = random.Random(number)
        data = bytearray(files[number % len(files)])
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            if data:
                rng.choice(MUTATIONS)(data, rng)
        try:
            read += check(bytes(data))
        except Exception as error:
            raise AssertionError(f"round {number}") from error
    return read


def test_mutated_files(shared: Path) -> None:
    read = fuzz(real_files(shared), IN_SUITE)
    assert 0 < read < IN_SUITE  # some mutations hit weights alone


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_many_mutated_files(shared: Path) -> None:
    assert fuzz(real_files(shared), NIGHTLY)


def test_memory_stays_bounded(shared: Path) -> None:
    files = real_files(shared)
    tracemalloc.start()
    try:
        fuzz(files, 100)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * max(len(data) for data in files)


@pytest.mark.parametrize("size", [0, 1, 4, 7, 8, 9, 16, 64, 1024])
def test_short_and_empty_files(size: int) -> None:
    for head in (b"", struct.pack("<I", 8) + b"TFL3"):
        with pytest.raises(WorkbenchError):
            read_graph(head + bytes(size))


def _repeated(builder: flatbuffers.Builder, table: int, count: int) -> int:
    builder.StartVector(4, count, 4)
    for _ in range(count):
        builder.PrependUOffsetTRelative(table)
    return builder.EndVector()


def test_a_file_of_aliases_is_refused() -> None:
    """A small file may claim many tables that are all the same one; unfolding it would take gigabytes."""
    count = 20_000
    builder = flatbuffers.Builder(1024)
    tflite.BufferStart(builder)
    buffers = _repeated(builder, tflite.BufferEnd(builder), 1)
    tflite.TensorStart(builder)
    tensors = _repeated(builder, tflite.TensorEnd(builder), count)
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensors)
    subgraphs = _repeated(builder, tflite.SubGraphEnd(builder), count)
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddSubgraphs(builder, subgraphs)
    tflite.ModelAddBuffers(builder, buffers)
    builder.Finish(tflite.ModelEnd(builder), b"TFL3")
    data = bytes(builder.Output())
    assert len(data) < 200_000
    start = time.process_time()
    with pytest.raises(BadModel, match="again and again"):
        read_graph(data)
    assert time.process_time() - start < SECONDS_A_FILE
