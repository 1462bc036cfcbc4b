"""Constants of a network as C: arrays, pointers and structs, each under a name of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.c_text import c_array, c_float
from workbench.codegen.kernel_files import own
from workbench.codegen.lowering import Address, Argument, Array, Function, Pointers, Struct

_C_TYPES = {
    np.dtype(np.int8): "int8_t",
    np.dtype(np.uint8): "uint8_t",
    np.dtype(np.int16): "int16_t",
    np.dtype(np.uint16): "uint16_t",
    np.dtype(np.int32): "int32_t",
    np.dtype(np.uint32): "uint32_t",
}
_ALIGNMENT = 4
_INT32_MIN = -(1 << 31)


@dataclass
class Constants:
    """Collects what the operators' calls refer to.

    Arrays hold what comes from the model (``<prefix>_w<operator>_<name>``, in a file of their own, ``weights_bytes``
    with the gaps between them); structs and pointers say how it is used (``<prefix>_c<operator>_<name>``). What is
    equal is kept once, under the name of the first operator that has it.
    """

    prefix: str
    declarations: list[str] = field(default_factory=list)
    arrays: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    weights_bytes: int = 0
    _known: dict[tuple[str, bytes], str] = field(default_factory=dict)
    _known_records: dict[tuple[str, str], str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def argument(self, operator: int, value: Argument) -> str:
        """A call's argument as a C expression; what it refers to is defined on the way."""
        match value:
            case bool() | int():
                text = c_integer(value)
            case float():
                text = c_float(value)
            case Address():
                text = self._address(value)
            case Array():
                text = self._array(operator, value)
            case Function():
                text = own(value.name, self.prefix)
            case Pointers():
                text = self._pointers(operator, value)
            case Struct():
                text = "&" + self._struct(operator, value)
        return text

    def c_type(self, value: Argument) -> str:
        """The C type of an argument; a pointer to what it refers to."""
        match value:
            case bool() | int():
                text = "int32_t"
            case float():
                text = "float"
            case Address():
                text = f"{value.c_type} *"
            case Array():
                text = f"const {_C_TYPES[value.values.dtype]} *"
            case Function():
                raise ValueError(f"only its caller knows the type of {value.name}")
            case Pointers():
                text = f"{value.c_type} *const *"
            case Struct():
                text = f"const {own(value.c_type, self.prefix)} *"
        return text

    def _address(self, at: Address) -> str:
        place = f"{self.prefix}_arena + {at.offset}"
        # Through void *, because the arena is aligned although its type is not.
        return place if at.c_type == "uint8_t" else f"({at.c_type} *)(void *)({place})"

    def _name(self, kind: str, operator: int, name: str) -> str:
        stem = f"{self.prefix}_{kind}{operator}_{re.sub(r'[^A-Za-z0-9_]', '_', name)}"
        taken, number = stem, 2
        while taken in self._taken:
            taken, number = f"{stem}_{number}", number + 1
        self._taken.add(taken)
        return taken

    def _array(self, operator: int, array: Array) -> str:
        values = np.ascontiguousarray(array.values).reshape(-1)
        key = (values.dtype.name, values.tobytes())
        if key not in self._known:
            name = self._name("w", operator, array.name)
            head = f"const {_C_TYPES[values.dtype]} {name}[{max(values.size, 1)}]"
            self.declarations.append(f"extern {head};")
            aligned = f"{self.prefix.upper()}_ALIGNED({_ALIGNMENT})"
            self.arrays.append(f"{aligned} {head} = {{\n{c_array(_texts(values))}\n}};")
            self._known[key] = name
            self.weights_bytes += -(-max(values.nbytes, 1) // _ALIGNMENT) * _ALIGNMENT
        return self._known[key]

    def _pointers(self, operator: int, pointers: Pointers) -> str:
        items = [self.argument(operator, one) for one in pointers.to]
        c_type = f"static {pointers.c_type} *const"
        return self._record(operator, c_type, pointers.name, c_array(items), f"[{len(items)}]")

    def _struct(self, operator: int, struct: Struct) -> str:
        fields = [f"    .{name} = {self.argument(operator, value)}," for name, value in struct.fields.items()]
        kind = struct.c_type.removeprefix("struct ").removeprefix("wb_")
        return self._record(operator, f"static const {own(struct.c_type, self.prefix)}", kind, "\n".join(fields))

    def _record(self, operator: int, c_type: str, what: str, content: str, brackets: str = "") -> str:
        """The name of a constant with this content; ``brackets`` are those of an array."""
        key = (c_type, content)
        if key not in self._known_records:
            name = self._name("c", operator, what)
            self.records.append(f"{c_type} {name}{brackets} = {{\n{content}\n}};")
            self._known_records[key] = name
        return self._known_records[key]


def c_integer(value: int) -> str:
    """An int32 as a C expression of type int: the least has no literal of its own."""
    return f"(-{-value - 1} - 1)" if value == _INT32_MIN else str(int(value))


def _texts(values: NDArray[np.generic]) -> list[str]:
    return [c_integer(int(value)) for value in values.tolist()] or ["0"]
