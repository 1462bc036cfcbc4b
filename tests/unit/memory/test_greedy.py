from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.memory.greedy import Buffer, place

BUFFERS = st.lists(
    st.builds(
        lambda size, first, length: Buffer(16 * size, first, first + length),
        st.integers(0, 20),
        st.integers(0, 10),
        st.integers(0, 4),
    ),
    max_size=24,
)


def overlap(a: Buffer, b: Buffer) -> bool:
    return a.first <= b.last and b.first <= a.last


def test_nothing_to_place() -> None:
    assert place([]) == []


def test_buffers_that_never_meet_share_bytes() -> None:
    assert place([Buffer(64, 0, 1), Buffer(64, 2, 3)]) == [0, 0]


def test_the_largest_lies_lowest_and_of_equals_the_last() -> None:
    assert place([Buffer(16, 0, 1), Buffer(64, 0, 1), Buffer(64, 0, 1)]) == [128, 64, 0]


def test_a_gap_is_filled() -> None:
    wide, low, high, late = Buffer(96, 0, 0), Buffer(64, 0, 1), Buffer(48, 1, 2), Buffer(32, 2, 2)
    offsets = place([wide, low, high, late])
    assert offsets == [0, 96, 0, 48]


def test_fixed_offsets_stay() -> None:
    offsets = place([Buffer(32, 0, 1), Buffer(64, 0, 1, fixed_offset=16), Buffer(16, 0, 1)])
    assert offsets == [80, 16, 0]


@given(BUFFERS)
def test_no_two_alive_buffers_share_bytes(buffers: list[Buffer]) -> None:
    offsets = place(buffers)
    placed = list(zip(buffers, offsets, strict=True))
    for i, (a, at) in enumerate(placed):
        assert at % 16 == 0
        for b, bt in placed[:i]:
            if overlap(a, b) and a.bytes and b.bytes:
                assert at + a.bytes <= bt or bt + b.bytes <= at


def original(buffers: list[Buffer]) -> list[int]:
    """The algorithm as the runtime's own documentation tells it, written for clarity instead of speed."""
    order = list(range(len(buffers)))[::-1]
    for _ in order:  # a bubble sort, which keeps equals in order
        for i in range(1, len(order)):
            if buffers[order[i - 1]].bytes < buffers[order[i]].bytes:
                order[i - 1], order[i] = order[i], order[i - 1]
    offsets: dict[int, int] = {}
    for i in order:
        taken = sorted((offsets[j], buffers[j].bytes) for j in offsets if overlap(buffers[i], buffers[j]))
        at = 0
        for start, size in taken:
            if start - at >= buffers[i].bytes:
                break
            at = max(at, start + size)
        offsets[i] = at
    return [offsets[i] for i in range(len(buffers))]


@given(BUFFERS)
def test_offsets_are_those_of_the_plain_algorithm(buffers: list[Buffer]) -> None:
    assert place(buffers) == original(buffers)
