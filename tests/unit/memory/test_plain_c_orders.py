"""Each kernel's order against loops written down from its documentation, with every read and write recorded."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from workbench.errors import NotSupported
from workbench.graph.read import read_graph
from workbench.memory.plain_c.access import NEVER, Access, Cells, handover
from workbench.memory.plain_c.call import Call
from workbench.memory.plain_c.orders.table import variants

# A turn: bytes read, as (input, element), and elements of the output written.
Turn = tuple[list[tuple[int, int]], list[int]]


def accesses(files: ModuleType, tensors: list[Any], op: Any) -> list[Access]:
    """Every access of one operator; tensors without content are the model's inputs or outputs."""
    graph = read_graph(
        files.build(files.G(tensors, [op], [i for i in op.inputs if not constant(tensors[i])], op.outputs))
    )
    found = variants(Call(graph.main.operators[0], graph.main), {})
    return list(itertools.chain(*found))


def constant(tensor: Any) -> bool:
    return tensor.constant is not False


def check(access: Access, turns: list[Turn]) -> None:
    """The access must say of each element what the recorded loops did; run backwards, from the last turn on."""
    read: dict[tuple[int, int], int] = {}
    written: dict[int, int] = {}
    for number, (reads, writes) in enumerate(reversed(turns) if access.backwards else turns):
        read |= dict.fromkeys(reads, number)
        written |= dict.fromkeys(writes, number)
    assert access.turns == len(turns)
    (made,) = access.writes
    assert list(made.by_byte()) == [written[element] for element in range(made.bytes)]
    for place, cells in enumerate(access.reads):
        if cells is not None:
            assert list(cells.by_byte()) == [read.get((place, element), NEVER) for element in range(cells.bytes)]


CONVOLUTIONS = [
    # batches, height, width, channels, filters, kernel, stride, dilation, padding
    (1, 5, 4, 3, 2, (3, 3), (1, 1), (1, 1), "SAME"),
    (2, 6, 5, 2, 3, (3, 2), (2, 1), (1, 1), "SAME"),
    (1, 7, 3, 1, 4, (3, 1), (1, 1), (2, 1), "VALID"),
    (1, 4, 4, 4, 4, (1, 1), (2, 2), (1, 1), "SAME"),
    (1, 1, 9, 2, 3, (1, 4), (1, 3), (1, 1), "SAME"),
]


def output_size(given: int, kernel: int, stride: int, dilation: int, padding: str) -> tuple[int, int]:
    """(positions, padding in front)"""
    reach = (kernel - 1) * dilation + 1
    size = -(-given // stride) if padding == "SAME" else -(-(given - reach + 1) // stride)
    return size, max((size - 1) * stride + reach - given, 0) // 2


def window(position: int, sliding: tuple[int, int, int], before: int, given: int) -> Iterator[int]:
    """The input positions under a window of (kernel, stride, dilation)."""
    kernel, stride, dilation = sliding
    for tap in range(kernel):
        at = position * stride + tap * dilation - before
        if 0 <= at < given:
            yield at


def options(kernel: Any, stride: Any, dilation: Any, padding: str, *, pool: bool = False) -> dict[str, int]:
    found = {"StrideH": stride[0], "StrideW": stride[1], "Padding": ["SAME", "VALID"].index(padding)}
    if pool:
        return found | {"FilterHeight": kernel[0], "FilterWidth": kernel[1]}
    return found | {"DilationHFactor": dilation[0], "DilationWFactor": dilation[1]}


@pytest.mark.parametrize("shape", CONVOLUTIONS)
def test_convolution(files: ModuleType, shape: Any) -> None:
    n, h, w, c, f, kernel, stride, dilation, padding = shape
    (oh, top), (ow, left) = (
        output_size(size, k, s, d, padding) for size, k, s, d in zip((h, w), kernel, stride, dilation, strict=True)
    )
    tensors = [files.T((n, h, w, c)), files.T((f, *kernel, c), constant=True), files.T((n, oh, ow, f))]
    op = files.Op("CONV_2D", [0, 1], [2], "Conv2DOptions", options(kernel, stride, dilation, padding))
    found = accesses(files, tensors, op)
    assert {access.parameters["block"] for access in found} == {b for b in (1, 2, 4) if b <= n * oh * ow}
    for access in found:
        turns: list[Turn] = []
        pixels = list(itertools.product(range(n), range(oh), range(ow)))
        block = int(access.parameters["block"])
        for start in range(0, len(pixels), block):
            reads: list[tuple[int, int]] = []
            writes: list[int] = []
            for b, y, x in pixels[start : start + block]:
                rows = window(y, (kernel[0], stride[0], dilation[0]), top, h)
                columns = window(x, (kernel[1], stride[1], dilation[1]), left, w)
                read = itertools.product(rows, columns, range(c))
                reads += [(0, ((b * h + row) * w + column) * c + channel) for row, column, channel in read]
                writes += [((b * oh + y) * ow + x) * f + filter_ for filter_ in range(f)]
            turns.append((reads, writes))
        check(access, turns)
        taps = kernel[0] * kernel[1] * c
        assert access.scratch_bytes == 2 * block * (taps + taps % 2)


@pytest.mark.parametrize("shape", CONVOLUTIONS)
@pytest.mark.parametrize("multiplier", [1, 2])
def test_depthwise(files: ModuleType, shape: Any, multiplier: int) -> None:
    n, h, w, c, _, kernel, stride, dilation, padding = shape
    c = max(c, 2)
    (oh, top), (ow, left) = (
        output_size(size, k, s, d, padding) for size, k, s, d in zip((h, w), kernel, stride, dilation, strict=True)
    )
    out = c * multiplier
    tensors = [files.T((n, h, w, c)), files.T((1, *kernel, out), constant=True), files.T((n, oh, ow, out))]
    given = options(kernel, stride, dilation, padding) | {"DepthMultiplier": multiplier}
    op = files.Op("DEPTHWISE_CONV_2D", [0, 1], [2], "DepthwiseConv2DOptions", given)
    (access,) = accesses(files, tensors, op)
    columns = access.parameters["lines"] == "columns"
    assert columns == ((h, w) == (oh, ow) and h > w and stride == (1, 1))
    axis = 1 if columns else 0
    before = (top, left)[axis]
    reach = (kernel[axis] - 1) * dilation[axis] + 1
    turns: list[Turn] = []
    for b, channel in itertools.product(range(n), range(c)):
        loaded: set[int] = set()
        for line in range((oh, ow)[axis]):
            reads, writes = [], []
            needed = list(window(line, (kernel[axis], stride[axis], dilation[axis]), before, (h, w)[axis]))
            for at in range(max(needed, default=-1) + 1):
                if at not in loaded:
                    loaded.add(at)
                    along = ((y, at) for y in range(h)) if columns else ((at, x) for x in range(w))
                    reads += [(0, ((b * h + y) * w + x) * c + channel) for y, x in along]
            # The ring holds the lines loaded last: nothing older may be needed.
            assert all(at > max(loaded) - reach for at in needed)
            pixels = ((y, line) for y in range(oh)) if columns else ((line, x) for x in range(ow))
            writes += [
                ((b * oh + y) * ow + x) * out + channel * multiplier + m
                for (y, x), m in itertools.product(pixels, range(multiplier))
            ]
            turns.append((reads, writes))
    check(access, turns)
    assert access.parameters["ring"] == reach
    assert access.scratch_bytes == 2 * reach * int(access.parameters["positions"])


def test_depthwise_of_one_channel_is_a_convolution(files: ModuleType) -> None:
    given = options((3, 2), (2, 1), (1, 1), "SAME")
    result = files.T((1, 4, 6, 5))
    filters = [files.T((1, 7, 6, 1)), files.T((5, 3, 2, 1), constant=True), result]
    depthwise = [files.T((1, 7, 6, 1)), files.T((1, 3, 2, 5), constant=True), result]
    wanted = accesses(files, filters, files.Op("CONV_2D", [0, 1], [2], "Conv2DOptions", given))
    op = files.Op("DEPTHWISE_CONV_2D", [0, 1], [2], "DepthwiseConv2DOptions", given | {"DepthMultiplier": 5})
    found = accesses(files, depthwise, op)
    assert [(one.in_words, one.scratch_bytes) for one in found] == [(one.in_words, one.scratch_bytes) for one in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert one.reads[0] is not None
        assert other.reads[0] is not None
        np.testing.assert_array_equal(one.reads[0].turns, other.reads[0].turns)
        np.testing.assert_array_equal(one.writes[0].turns, other.writes[0].turns)


@pytest.mark.parametrize("shape", CONVOLUTIONS)
def test_pooling(files: ModuleType, shape: Any) -> None:
    n, h, w, c, _, kernel, stride, _, padding = shape
    (oh, top), (ow, left) = (
        output_size(size, k, s, 1, padding) for size, k, s in zip((h, w), kernel, stride, strict=True)
    )
    tensors = [files.T((n, h, w, c)), files.T((n, oh, ow, c))]
    op = files.Op("MAX_POOL_2D", [0], [1], "Pool2DOptions", options(kernel, stride, (1, 1), padding, pool=True))
    turns: list[Turn] = []
    for b, y, x, channel in itertools.product(range(n), range(oh), range(ow), range(c)):
        rows = list(window(y, (kernel[0], stride[0], 1), top, h))
        columns = list(window(x, (kernel[1], stride[1], 1), left, w))
        reads = [(0, ((b * h + row) * w + column) * c + channel) for row in rows for column in columns]
        turns.append((reads, [((b * oh + y) * ow + x) * c + channel]))
    for access in accesses(files, tensors, op):
        check(access, turns)


@pytest.mark.parametrize(("rows", "outputs"), [(1, 4), (1, 7), (3, 5)])
def test_fully_connected(files: ModuleType, rows: int, outputs: int) -> None:
    tensors = [files.T((rows, 6)), files.T((outputs, 6), constant=True), files.T((rows, outputs))]
    op = files.Op("FULLY_CONNECTED", [0, 1], [2], "FullyConnectedOptions")
    turns: list[Turn] = []
    for row in range(rows):
        for first in range(0, outputs, 4):
            reads = [(0, row * 6 + k) for k in range(6)]
            turns.append((reads, [row * outputs + o for o in range(first, min(first + 4, outputs))]))
    for access in accesses(files, tensors, op):
        check(access, turns)


@pytest.mark.parametrize("shape", [(2, 3, 4), (4,), (1, 3, 1), (1, 1, 1), (2, 1, 4)])
def test_broadcast(files: ModuleType, shape: tuple[int, ...]) -> None:
    tensors = [files.T((2, 3, 4)), files.T(shape), files.T((2, 3, 4))]
    numbers = np.broadcast_to(np.arange(int(np.prod(shape))).reshape(shape), (2, 3, 4)).reshape(-1)
    turns: list[Turn] = [([(0, i), (1, int(numbers[i]))], [i]) for i in range(24)]
    for access in accesses(files, tensors, files.Op("ADD", [0, 1], [2], "AddOptions")):
        check(access, turns)


def stored(files: ModuleType, *values: int) -> Any:
    return files.T((len(values),), "int32", constant=np.array(values, np.int32))


def test_movements(files: ModuleType) -> None:
    """Each output element from the input element that the operator's definition names."""
    numbers = np.arange(24).reshape(2, 3, 4)
    pads = files.T((3, 2), "int32", constant=np.array([[0, 1], [2, 0], [1, 1]], np.int32))
    cases = [
        (files.Op("TRANSPOSE", [0, 1], [2], "TransposeOptions"), stored(files, 2, 0, 1), numbers.transpose(2, 0, 1)),
        (files.Op("SLICE", [0, 1, 3], [2], "SliceOptions"), stored(files, 0, 1, 1), numbers[0:2, 1:3, 1:2]),
        (
            files.Op("PAD", [0, 1], [2], "PadOptions"),
            pads,
            np.pad(numbers, [(0, 1), (2, 0), (1, 1)], constant_values=-1),
        ),
        (
            files.Op("STRIDED_SLICE", [0, 1, 3, 4], [2], "StridedSliceOptions", {"EndMask": 1, "ShrinkAxisMask": 4}),
            stored(files, 1, 0, 2),
            numbers[1:, 0:2, 2],
        ),
    ]
    for op, argument, taken in cases:
        tensors = [files.T((2, 3, 4)), argument, files.T(taken.shape), stored(files, 2, 2, 1), stored(files, 1, 1, 1)]
        flat = taken.reshape(-1)
        turns: list[Turn] = [([(0, int(e))] if e >= 0 else [], [i]) for i, e in enumerate(flat)]
        for access in accesses(files, tensors, op):
            check(access, turns)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_concatenation_and_split(files: ModuleType, axis: int) -> None:
    parts = [np.arange(12).reshape(1, 3, 4), 100 + np.arange(12).reshape(1, 3, 4)]
    whole = np.concatenate(parts, axis=axis)
    turns: list[Turn] = [([(int(e) // 100, int(e) % 100)], [i]) for i, e in enumerate(whole.reshape(-1))]
    tensors = [files.T((1, 3, 4)), files.T((1, 3, 4)), files.T(whole.shape)]
    op = files.Op("CONCATENATION", [0, 1], [2], "ConcatenationOptions", {"Axis": axis})
    for access in accesses(files, tensors, op):
        check(access, turns)
    tensors = [files.T(whole.shape), stored(files, axis), files.T((1, 3, 4)), files.T((1, 3, 4))]
    for access in accesses(files, tensors, files.Op("SPLIT", [1, 0], [2, 3], "SplitOptions", {"NumSplits": 2})):
        _, read = access.reads
        assert read is not None
        made = np.concatenate([cells.turns for cells in access.writes])
        assert sorted(made) == list(range(24))
        where = np.concatenate(
            [part.reshape(-1) for part in np.split(np.arange(24).reshape(whole.shape), 2, axis=axis)]
        )
        assert (read.turns[where] == made).all()


def test_mean_reads_all_it_averages(files: ModuleType) -> None:
    tensors = [files.T((1, 3, 4, 2)), stored(files, 1, 2), files.T((1, 2))]
    turns: list[Turn] = [([(0, pixel * 2 + channel) for pixel in range(12)], [channel]) for channel in range(2)]
    for access in accesses(files, tensors, files.Op("MEAN", [0, 1], [2], "ReducerOptions")):
        check(access, turns)


def test_computed_weights_are_refused(files: ModuleType) -> None:
    tensors = [files.T((1, 6)), files.T((2, 6)), files.T((1, 2))]
    with pytest.raises(NotSupported, match="stored values as input 1"):
        accesses(files, tensors, files.Op("FULLY_CONNECTED", [0, 1], [2], "FullyConnectedOptions"))


@pytest.mark.parametrize("seed", range(200))
def test_the_limits_between_places_are_exact(seed: int) -> None:
    """Against every distance tried out byte by byte."""
    chance = random.Random(seed)
    turns = chance.randint(1, 6)

    def cells(low: int) -> Cells:
        count = chance.randint(1, 7)
        return Cells(np.array([chance.randint(low, turns - 1) for _ in range(count)], np.int32), chance.randint(1, 3))

    read, written = cells(NEVER), cells(0)
    found = handover(read, written)
    reads, writes = read.by_byte(), written.by_byte()

    def works(distance: int) -> bool:
        return all(
            writes[byte] >= reads[byte + distance] for byte in range(writes.size) if 0 <= byte + distance < reads.size
        )

    tried = range(-writes.size - 2, reads.size + 3)
    broken = [distance for distance in tried if not works(distance)]
    if broken:
        assert (found.highest_below, found.lowest_above) == (min(broken) - 1, max(broken) + 1)
        assert found.in_place == works(0)
    assert all(works(distance) for distance in tried if found.allows(distance))
