"""A core as compilers and the emulator know it, from ``resources/cores.toml``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.boards import Board
from workbench.errors import BadSetting, NotSupported
from workbench.resources import resource


@dataclass(frozen=True)
class CycleTable:
    """Cycles of an instruction by kind, without wait states; ``low`` and ``high`` bound a sum of them as factors.

    An instruction that moves n registers takes ``load_multiple`` + n · ``register``, a load or store right behind
    another one ``load_behind_load``; ``jump`` comes on top for each branch taken, call and return.
    """

    source: str
    load: float
    load_behind_load: float
    load_multiple: float
    register: float
    store: float
    multiply: float
    multiply_long: float
    divide: float
    other: float
    jump: float
    low: float
    high: float


@dataclass(frozen=True)
class TargetCore:
    """A core to compile for and to emulate.

    ``flags`` are those of each kind of compiler (``zig``, ``gcc``), ``start`` its start-up file in
    ``resources/c/target``, ``emulator`` the emulator's model. A core with a ``stand_in`` cannot be emulated: that core
    is, and ``stand_in_note`` says so in words. One without ``flags`` has no packaged compiler either.
    """

    name: str
    title: str
    cycles: CycleTable
    flags: Mapping[str, tuple[str, ...]]
    start: str = ""
    emulator: str = ""
    stand_in: str = ""
    stand_in_note: str = ""

    @property
    def is_risc_v(self) -> bool:
        return self.name.startswith("rv32")


@functools.cache
def _rows() -> Mapping[str, Mapping[str, Any]]:
    rows: Mapping[str, Mapping[str, Any]] = tomllib.loads(resource("cores.toml").read_text(encoding="utf-8"))["cores"]
    return rows


def core_names() -> tuple[str, ...]:
    """The cores that a network can be verified for."""
    return tuple(_rows())


def target_core(name: str, *, fpu: bool = True) -> TargetCore:
    """The core of that name; BadSetting when there is none. ``fpu`` matters only where a core may have one."""
    row = _rows().get(name)
    if row is None:
        raise BadSetting(f"There is no core {name!r}.", to_do=f"Choose one of: {', '.join(core_names())}.")
    build = row["build"]
    flags = build.get("fpu", build) if fpu else build
    return TargetCore(
        name=name,
        title=row["title"],
        cycles=CycleTable(**row["cycles"]),
        flags={kind: tuple(flags[kind]) for kind in ("zig", "gcc") if kind in flags},
        start=build.get("start", ""),
        emulator=build.get("emulator", ""),
        stand_in=build.get("stand_in", ""),
        stand_in_note=build.get("stand_in_note", ""),
    )


def board_core(board: Board) -> TargetCore:
    """The core of a board; NotSupported when it is not known or runs no such models."""
    if not board.programmable:
        raise NotSupported(f"{board.name} runs no such models: {board.why_not}")
    if board.core.name not in _rows():
        raise NotSupported(f"Nobody said how to compile for the core of {board.name}.")
    return target_core(board.core.name, fpu=board.core.fpu != "none")
