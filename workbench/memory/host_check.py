"""What TensorFlow Lite Micro itself says of a model on this computer: a check of the rules, never a board's arena.

Its package for Python is built for 64-bit computers, so that every pointer in the arena takes twice the bytes, and
with reference kernels and an allocator that keeps records. What is planned (tensors and scratch buffers) has to be
what the rules of this program give with 64-bit pointers.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata, util
from typing import Any

from workbench.errors import BadModel, JobDied, MissingExtra, NotSupported
from workbench.graph.model import Graph
from workbench.memory.host_run import REFUSED
from workbench.memory.tflm.abi import HOST
from workbench.memory.tflm.node import REFERENCE
from workbench.memory.tflm_arena import tflm_arena

LABEL = "64-bit figures of this computer, never the board's arena"

_PACKAGE = "tflite-micro"
_TIMEOUT_S = 120.0
# Lines that RecordingMicroAllocator::PrintAllocations writes.
_TOTAL = re.compile(r"Arena allocation (total|head|tail) (\d+) bytes")
_PART = re.compile(r"'(.+?)' used (\d+) bytes with alignment overhead")


@dataclass(frozen=True)
class HostCheck:
    """What the interpreter reports on this computer, in bytes; ``parts`` are its tail by what is in it.

    ``predicted_planned`` is what the rules give for ``planned`` with 64-bit pointers, None where they do not know an
    operator.
    """

    version: str
    used: int
    planned: int
    tail: int
    parts: tuple[tuple[str, int], ...]
    predicted_planned: int | None

    @property
    def agrees(self) -> bool | None:
        """Whether the rules give the planned part to the byte; None when they give nothing."""
        return None if self.predicted_planned is None else self.predicted_planned == self.planned

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries for JSON."""
        return {
            "note": LABEL,
            "tflite_micro": self.version,
            "used": self.used,
            "planned": self.planned,
            "tail": self.tail,
            "parts": dict(self.parts),
            "predicted_planned": self.predicted_planned,
            "agrees": self.agrees,
        }


def host_check(model: bytes, graph: Graph) -> HostCheck:
    """Let TensorFlow Lite Micro allocate a model's tensors, in a child process: a broken model may crash it.

    Raises MissingExtra when its package is not installed, NotSupported with its own words when it refuses the model.
    """
    if util.find_spec("tflite_micro") is None:
        raise MissingExtra(
            f"The package {_PACKAGE} is not installed, so this computer cannot run TensorFlow Lite Micro.",
            to_do='It exists for 64-bit Linux: pip install "tinyml-workbench[dev]" brings it.',
        )
    try:
        run = subprocess.run(
            [sys.executable, "-m", "workbench.memory.host_run"],
            input=model,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise JobDied(f"TensorFlow Lite Micro gave no answer within {_TIMEOUT_S:.0f} s.") from error
    said = run.stderr.decode(errors="replace")
    if run.returncode == REFUSED:
        raise NotSupported(f"TensorFlow Lite Micro refuses the model: {_complaint(said)}")
    totals = {kind: int(size) for kind, size in _TOTAL.findall(said)}
    if run.returncode or len(totals) != 3:
        raise BadModel("TensorFlow Lite Micro crashed while it took the model.", to_do="Convert the model again.")
    return HostCheck(
        version=metadata.version(_PACKAGE),
        used=totals["total"],
        planned=totals["head"],
        tail=totals["tail"],
        parts=tuple((name, int(size)) for name, size in _PART.findall(said)),
        predicted_planned=_predicted(graph),
    )


def _predicted(graph: Graph) -> int | None:
    try:
        return tflm_arena(graph, REFERENCE, HOST).planned
    except NotSupported:
        return None


def _complaint(said: str) -> str:
    """What it said first; what follows are consequences."""
    return next((line.strip() for line in said.splitlines() if line.strip()), "it does not say why.")
