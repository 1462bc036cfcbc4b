"""What a compiler and an emulator found of a network as plain C, in place of estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Compiled:
    """Bytes of a linked program that hold the network and nothing else.

    ``weights`` are each operator's constants as the generator laid them out, by the operator's place in the model;
    ``constants`` all others, the initial values of variables included. ``arena``, ``static`` (other variables) and
    ``stack`` (the deepest that was seen) are RAM. ``compiler`` and ``option`` say in words what made it.
    """

    compiler: str
    option: str
    code: int
    weights: Mapping[int, int]
    constants: int
    arena: int
    static: int
    stack: int
