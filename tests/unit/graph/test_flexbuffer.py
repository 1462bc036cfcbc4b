"""Options of custom operators, written by the format's own library."""

from __future__ import annotations

import random
import string

import pytest
from flatbuffers import flexbuffers

from workbench.errors import BadModel
from workbench.graph.flexbuffer import read_numbers


def stored(value: object) -> bytes:
    return bytes(flexbuffers.Dumps(value))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"delay_length": 3},
        {"T": 7, "fft_length": 512},
        {"prefill": True, "step": 160, "wide": 2**40, "less": -5, "scale": 0.5},
        {name: number for number, name in enumerate(string.ascii_letters)},
    ],
)
def test_numbers_by_name(values: dict[str, object]) -> None:
    assert read_numbers(stored(values)) == values


def test_what_is_no_number_is_left_out() -> None:
    assert read_numbers(stored({"name": "x", "list": [1, 2], "inner": {"a": 1}, "size": 4})) == {"size": 4}


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x24\x01", stored([1, 2]), stored(5), stored("text")])
def test_what_is_no_map_is_refused(data: bytes) -> None:
    with pytest.raises(BadModel):
        read_numbers(data)


def test_broken_bytes_are_one_message() -> None:
    whole = stored({"frame_size": 400, "frame_step": 160, "wide": 2**40, "share": 0.25, "prefill": True})
    chance = random.Random(4)
    for _ in range(2000):
        broken = bytearray(whole[: chance.randrange(1, len(whole) + 1)])
        for _ in range(chance.randrange(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            read_numbers(bytes(broken))
        except BadModel:
            continue
