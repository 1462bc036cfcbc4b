"""The numbers in a custom operator's options: a FlexBuffers map, read from untrusted bytes.

The format (https://flatbuffers.dev/flexbuffers): the last byte is the width of the root, the byte before it the
root's type, before that the root itself. An offset points backwards. A map stands as a vector of values, then a byte
of type a value; in front of the values lie the offset to the vector of keys, the keys' width, and how many there are.
Every position is checked before use; what is no number (text, blobs, maps inside) is left out.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from workbench.errors import BadModel

_MOST_VALUES = 1024
_LONGEST_KEY = 256

_MAP = 9
_INTEGER, _UNSIGNED, _FLOAT, _BOOL = 1, 2, 3, 26  # kept in the vector itself
_INDIRECT = {6: _INTEGER, 7: _UNSIGNED, 8: _FLOAT}  # kept elsewhere, with a width of its own
_LAYOUTS: Mapping[int, Mapping[int, str]] = {
    _INTEGER: {1: "<b", 2: "<h", 4: "<i", 8: "<q"},
    _UNSIGNED: {1: "<B", 2: "<H", 4: "<I", 8: "<Q"},
    _FLOAT: {2: "<e", 4: "<f", 8: "<d"},
}


def read_numbers(data: bytes) -> dict[str, int | float | bool]:
    """The numbers of a map by name; raises BadModel when the bytes are no such map."""
    return _Map(data).numbers()


class _Map:
    def __init__(self, data: bytes) -> None:
        self._data = data
        if len(data) < 3:
            raise self._damaged()
        kind, width = data[-2], data[-1]
        if kind >> 2 != _MAP:
            raise BadModel("A custom operator's options are no list of names and values.")
        self._width = 1 << (kind & 3)
        self._values = self._follow(len(data) - 2 - width, width)
        self._count = self._number(_UNSIGNED, self._values - self._width, self._width)
        if self._count > _MOST_VALUES:
            raise self._damaged()

    def numbers(self) -> dict[str, int | float | bool]:
        keys_width = int(self._number(_UNSIGNED, self._values - 2 * self._width, self._width))
        keys = self._follow(self._values - 3 * self._width, self._width)
        kinds = self._bytes(self._values + int(self._count) * self._width, int(self._count))
        found: dict[str, int | float | bool] = {}
        for place, kind in enumerate(kinds):
            key = self._key(self._follow(keys + place * keys_width, keys_width))
            value = self._value(kind, self._values + place * self._width)
            if value is not None:
                found[key] = value
        return found

    def _value(self, packed: int, position: int) -> int | float | bool | None:
        kind, width = packed >> 2, 1 << (packed & 3)
        if kind in _INDIRECT:
            return self._number(_INDIRECT[kind], self._follow(position, self._width), width)
        if kind == _BOOL:
            return bool(self._number(_UNSIGNED, position, self._width))
        return self._number(kind, position, self._width) if kind in _LAYOUTS else None

    def _key(self, position: int) -> str:
        end = self._data.find(0, position, position + _LONGEST_KEY)
        if end < 0:
            raise self._damaged()
        return self._data[position:end].decode("utf-8", errors="replace")

    def _follow(self, position: int, width: int) -> int:
        target = position - int(self._number(_UNSIGNED, position, width))
        if target < 0:
            raise self._damaged()
        return target

    def _number(self, kind: int, position: int, width: int) -> int | float:
        layout = _LAYOUTS[kind].get(width)
        if layout is None:
            raise self._damaged()
        value: int | float = struct.unpack(layout, self._bytes(position, width))[0]
        return value

    def _bytes(self, position: int, length: int) -> bytes:
        if position < 0 or position + length > len(self._data):
            raise self._damaged()
        return self._data[position : position + length]

    @staticmethod
    def _damaged() -> BadModel:
        return BadModel("A custom operator's options are damaged.", to_do="Convert the model again.")
