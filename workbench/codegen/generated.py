"""What a generator gives: C files, and what one must know to build, run and check them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Option(StrEnum):
    """What the generated code is made for."""

    SIZE = "size"
    SPEED = "speed"


@dataclass(frozen=True)
class SourceFile:
    """A file of the generated folder: ``.c``, ``.h`` or ``.S`` by its name; no subfolders."""

    name: str
    content: str


@dataclass(frozen=True)
class Port:
    """An input or output of the generated code.

    ``dtype`` is ``int8`` or ``int16``, real = scale · (q − zero point), or ``float32``, a real value itself.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    scale: float
    zero_point: int


@dataclass(frozen=True)
class GeneratedStep:
    """One step of an invocation: the C function that runs it, and the operator of the model it belongs to.

    ``symbol`` is the function's name in the ELF's symbol table. ``weights_bytes`` are the bytes of constants in flash
    that the step reads; steps may share some.
    """

    symbol: str
    operator: int | None
    title: str
    weights_bytes: int = 0


@dataclass(frozen=True)
class Generated:
    """A network, tree or distance model as C.

    The interface in ``<prefix>.h``::

        int8_t *<prefix>_input(void);          the input, inside the arena: fill it before every invocation
        int <prefix>_invoke(void);             0 when it has run; the input's bytes may be overwritten
        const int8_t *<prefix>_output(void);   the output, inside the arena, until an input is filled again
        int <prefix>_run(const float *input, float *output);   a copying wrapper with real values
        void <prefix>_reset(void);             only with variables: forget what earlier invocations left

    ``arena_bytes`` is the one static buffer, inputs, outputs and scratch included; ``weights_bytes`` of constants in
    flash come from the model. An ELF's symbols tell weights (``<prefix>_w…``) from other constants. ``notes`` are
    sentences on what the generator changed for the better.
    """

    prefix: str
    option: Option
    files: tuple[SourceFile, ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    arena_bytes: int
    steps: tuple[GeneratedStep, ...]
    notes: tuple[str, ...] = ()
    weights_bytes: int = 0

    def file(self, name: str) -> SourceFile:
        """The file of that name; KeyError when there is none."""
        for source in self.files:
            if source.name == name:
                return source
        raise KeyError(name)


class Deployable(Protocol):
    """Whatever can become C: a network with its memory plan, a decision tree, a distance model."""

    def generate(self, option: Option, prefix: str = "model") -> Generated:
        """The C files; raises NotSupported, naming all that is missing, before anything is written."""
        ...


def port_function(prefix: str, kind: str, place: int) -> str:
    """The C function that gives an input or output: ``model_input``, then ``model_input_2`` and so on."""
    return f"{prefix}_{kind}" if place == 0 else f"{prefix}_{kind}_{place + 1}"
