"""Reading FlatBuffers tables from untrusted bytes.

The format (https://flatbuffers.dev/internals): little-endian; a table starts with a signed offset back to
its vtable, which says where each field lies; vectors and strings start with their length. Every offset and
length is checked before use, and a budget bounds the work: parts of a file may be shared, but a file that is
mostly aliases of itself is refused instead of being unfolded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from workbench.errors import BadModel

_SCALARS = {
    name: struct.Struct("<" + code)
    for name, code in {
        "bool": "?",
        "i8": "b",
        "u8": "B",
        "u16": "H",
        "i32": "i",
        "u32": "I",
        "i64": "q",
        "u64": "Q",
        "f32": "f",
    }.items()
}
_OFFSET = _SCALARS["u32"]
_VTABLE_OFFSET = _SCALARS["i32"]
_VTABLE_ENTRY = _SCALARS["u16"]

# How often a byte may be visited on average before the file counts as hostile.
_VISITS_PER_BYTE = 8
_VISITS_ANYWAY = 1 << 16


class Bytes:
    """The bytes of a file with a budget of how many of them may be visited."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.strings: dict[int, int] = {}  # by position, the bytes of each string read so far
        self._budget = _VISITS_PER_BYTE * len(data) + _VISITS_ANYWAY

    def check(self, position: int, length: int) -> None:
        """Raise BadModel unless ``length`` bytes at ``position`` lie inside the file and the budget."""
        if position < 0 or length < 0 or position + length > len(self.data):
            raise BadModel("The model file is damaged: it points outside itself.", where=f"byte {position:,}")
        self._budget -= length
        if self._budget < 0:
            raise BadModel("The model file is damaged: its parts refer to each other again and again.")

    def scalar(self, kind: str, position: int) -> Any:
        """The number of a kind (``i32``, ``f32``, ``bool`` …) at a position."""
        layout = _SCALARS[kind]
        self.check(position, layout.size)
        return layout.unpack_from(self.data, position)[0]

    def follow(self, position: int) -> int:
        """The position an offset points to."""
        self.check(position, 4)
        target: int = position + _OFFSET.unpack_from(self.data, position)[0]
        self.check(target, 4)
        return target

    def root(self) -> Table:
        """The file's root table."""
        return Table(self, self.follow(0))


class Table:
    """A table; fields are read by slot, in the order the schema declares them."""

    __slots__ = ("_bytes", "_fields", "position")

    def __init__(self, source: Bytes, position: int) -> None:
        self._bytes = source
        self.position = position
        source.check(position, 4)
        vtable = position - _VTABLE_OFFSET.unpack_from(source.data, position)[0]
        source.check(vtable, 4)
        size = _VTABLE_ENTRY.unpack_from(source.data, vtable)[0]
        if size < 4 or size % 2:
            raise BadModel("The model file is damaged: a table has no valid description.", where=f"byte {vtable:,}")
        source.check(vtable, size)
        self._fields = struct.unpack_from(f"<{size // 2 - 2}H", source.data, vtable + 4)

    def _field(self, slot: int) -> int:
        """Where a field lies, 0 when the file leaves it at its default."""
        offset: int = self._fields[slot] if slot < len(self._fields) else 0
        return self.position + offset if offset else 0

    def has(self, slot: int) -> bool:
        """Whether the file stores the field."""
        return self._field(slot) != 0

    def scalar(self, slot: int, kind: str, default: Any = 0) -> Any:
        """A number of a kind (``i32``, ``f32``, ``bool`` …)."""
        position = self._field(slot)
        return self._bytes.scalar(kind, position) if position else default

    def table(self, slot: int) -> Table | None:
        position = self._field(slot)
        return Table(self._bytes, self._bytes.follow(position)) if position else None

    def _vector(self, slot: int, item_bytes: int) -> tuple[int, int]:
        """(position of the first item, number of items); (0, 0) when the field is not stored."""
        position = self._field(slot)
        if not position:
            return 0, 0
        start = self._bytes.follow(position)
        count: int = _OFFSET.unpack_from(self._bytes.data, start)[0]
        self._bytes.check(start + 4, count * item_bytes)
        return start + 4, count

    def vector(self, slot: int, kind: str) -> tuple[Any, ...]:
        """A vector of numbers; empty when the field is not stored."""
        layout = _SCALARS[kind]
        start, count = self._vector(slot, layout.size)
        return struct.unpack_from(f"<{count}{layout.format[1:]}", self._bytes.data, start) if count else ()

    def raw(self, slot: int) -> bytes:
        """A vector of bytes; empty when the field is not stored."""
        start, count = self._vector(slot, 1)
        return self._bytes.data[start : start + count]

    def text(self, slot: int) -> str:
        """A string; bytes that are not UTF-8 are shown as the replacement character."""
        start, count = self._vector(slot, 1)
        if start:
            self._bytes.strings[start] = _OFFSET.size + count + 1  # its length in front, a zero behind
        return self._bytes.data[start : start + count].decode("utf-8", errors="replace")

    def count(self, slot: int) -> int:
        """How many tables a vector of tables has."""
        return self._vector(slot, 4)[1]

    def tables(self, slot: int) -> Iterator[Table]:
        """The tables of a vector of tables."""
        start, count = self._vector(slot, 4)
        for i in range(count):
            yield Table(self._bytes, self._bytes.follow(start + 4 * i))
