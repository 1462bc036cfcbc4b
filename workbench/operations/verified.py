"""What verifications found, kept so that figures can be compiled and emulated ones instead of estimates.

A result belongs to a model's bytes, a core, an option and the generator that made the code: when any of them changes,
it is not found any more. It can be made again at any time, so it lies in the cache.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import workbench
from workbench.boards import Board
from workbench.errors import WorkbenchError
from workbench.files import write_atomically
from workbench.memory.plain_c.compiled import Compiled
from workbench.operations.cycle_factor import cycle_factor
from workbench.resources import resource
from workbench.settings import cache_folder
from workbench.target.core import TargetCore, board_core
from workbench.target.cycles import InstructionMix
from workbench.target.image_file import FlashSizes
from workbench.target.verify import RamSizes, StepCount, Verification

_MADE_BY = ("codegen", "graph", "memory", "target")  # packages that a result depends on, beside the C resources
_MOST = 500  # results kept; a few KB each


def keep(model: bytes, found: Verification, core: TargetCore, factor: float | None) -> None:
    """Remember what a verification found, its cycles times ``factor``; a cache that cannot be written is no trouble."""
    try:
        folder = cache_folder("verified")
        write_atomically(folder / _name(model, core, found.option, factor), json.dumps(found.to_json()).encode())
        for old in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)[:-_MOST]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def known(model: bytes, board: Board, option: str) -> Verification | None:
    """What verifying a model for a board's core found; None when nobody did since anything changed."""
    try:
        core = board_core(board)
        stored = json.loads(
            (cache_folder("verified") / _name(model, core, option, cycle_factor(board.id))).read_bytes()
        )
        return _from_json(stored)
    except (OSError, ValueError, TypeError, KeyError, WorkbenchError):
        return None


def compiled(found: Verification) -> Compiled:
    """The sizes of a verification, for the memory report."""
    weights = {step.operator: step.weights_bytes for step in found.per_operator if step.operator is not None}
    rest = found.flash.total - found.flash.code - sum(weights.values())
    if rest < 0:  # operators share arrays, and nobody says which
        weights, rest = {}, found.flash.total - found.flash.code
    return Compiled(
        compiler=found.compiler,
        option=found.option,
        code=found.flash.code,
        weights={operator: size for operator, size in weights.items() if size},
        constants=rest,
        arena=found.ram.arena,
        static=found.ram.static,
        stack=found.ram.stack,
    )


def _name(model: bytes, core: TargetCore, option: str, factor: float | None) -> str:
    parts = (hashlib.sha256(model).hexdigest(), core.name, repr(core.flags), option, repr(factor), _generator())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest() + ".json"


@functools.cache
def _generator() -> str:
    """A digest of all that makes the code and counts it."""
    package = Path(workbench.__file__).parent
    places = [package / name for name in _MADE_BY] + [Path(str(resource("c"))), Path(str(resource("cores.toml")))]
    digest = hashlib.sha256(workbench.__version__.encode())
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix in {".py", ".c", ".h", ".S", ".toml", ".ld"}:
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _from_json(data: Mapping[str, Any]) -> Verification:
    flash = {name: data["flash"][name] for name in ("code", "weights", "constants")}
    steps = tuple(StepCount(**step) for step in data["per_operator"])
    parts = {
        "flash": FlashSizes(**flash),
        "ram": RamSizes(**data["ram"]),
        "per_operator": steps,
        "mix": InstructionMix(**data["mix"]),
    }
    return Verification(**{**data, **parts})
