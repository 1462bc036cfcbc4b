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
    """Collects what the steps' calls refer to.

    Arrays hold what comes from the model (``<prefix>_w<step>_<name>``, in a file of their own); structs and pointers
    say how it is used (``<prefix>_c<step>_<name>``). Equal arrays are kept once.
    """

    prefix: str
    declarations: list[str] = field(default_factory=list)
    arrays: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    _known: dict[tuple[str, bytes], str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def argument(self, step: int, value: Argument) -> str:
        """A call's argument as a C expression; what it refers to is defined on the way."""
        match value:
            case bool() | int():
                text = c_integer(value)
            case float():
                text = c_float(value)
            case Address():
                text = self._address(value)
            case Array():
                text = self._array(step, value)
            case Function():
                text = own(value.name, self.prefix)
            case Pointers():
                text = self._pointers(step, value)
            case Struct():
                text = "&" + self._struct(step, value)
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

    def _name(self, kind: str, step: int, name: str) -> str:
        stem = f"{self.prefix}_{kind}{step}_{re.sub(r'[^A-Za-z0-9_]', '_', name)}"
        taken, number = stem, 2
        while taken in self._taken:
            taken, number = f"{stem}_{number}", number + 1
        self._taken.add(taken)
        return taken

    def _array(self, step: int, array: Array) -> str:
        values = np.ascontiguousarray(array.values).reshape(-1)
        key = (values.dtype.name, values.tobytes())
        if key not in self._known:
            name = self._name("w", step, array.name)
            head = f"const {_C_TYPES[values.dtype]} {name}[{max(values.size, 1)}]"
            self.declarations.append(f"extern {head};")
            aligned = f"{self.prefix.upper()}_ALIGNED({_ALIGNMENT})"
            self.arrays.append(f"{aligned} {head} = {{\n{c_array(_texts(values))}\n}};")
            self._known[key] = name
        return self._known[key]

    def _pointers(self, step: int, pointers: Pointers) -> str:
        items = [self.argument(step, one) for one in pointers.to]
        name = self._name("c", step, pointers.name)
        self.records.append(f"static {pointers.c_type} *const {name}[{len(items)}] = {{\n{c_array(items)}\n}};")
        return name

    def _struct(self, step: int, struct: Struct) -> str:
        fields = [f"    .{name} = {self.argument(step, value)}," for name, value in struct.fields.items()]
        c_type = own(struct.c_type, self.prefix)
        kind = struct.c_type.removeprefix("struct ").removeprefix("wb_")
        name = self._name("c", step, kind)
        self.records.append("\n".join((f"static const {c_type} {name} = {{", *fields, "};")))
        return name


def c_integer(value: int) -> str:
    """An int32 as a C expression of type int: the least has no literal of its own."""
    return f"(-{-value - 1} - 1)" if value == _INT32_MIN else str(int(value))


def _texts(values: NDArray[np.generic]) -> list[str]:
    return [c_integer(int(value)) for value in values.tolist()] or ["0"]
