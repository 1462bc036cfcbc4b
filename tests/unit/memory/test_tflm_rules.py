"""Each allocation rule against a running TensorFlow Lite Micro.

The wheel is for 64-bit computers, so this is a check of the rules, never of a board's arena: the same rules with
64-bit pointers must give what the interpreter prints. What the wheel was built with (reference kernels, weight
compression) is in ``HOST``.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from random_networks import random_network
from tflm_catalogue import catalogue

from workbench.graph.read import read_graph
from workbench.memory.tflm.abi import HOST
from workbench.memory.tflm.kernels.table import KERNELS
from workbench.memory.tflm.node import REFERENCE, Node
from workbench.memory.tflm_arena import tflm_arena

# Printed per model: head and tail, and the bytes kernels asked for with the pointers to inputs and outputs.
PROGRAM = """
import sys
from tflite_micro.python.tflite_micro import runtime
for path in sys.argv[1:]:
    print("MODEL", path, file=sys.stderr, flush=True)
    try:
        runtime.Interpreter.from_bytes(open(path, "rb").read(), arena_size=1_000_000).print_allocations()
    except RuntimeError:
        print("REFUSED", file=sys.stderr, flush=True)
"""
POINTER = 8
# The audio front end, a whole model that was measured on a Cortex-M4 (test_tflm_arena.py).
NOT_CHECKED = {
    f"Signal{name}"
    for name in ("Energy", "FftAutoScale", "FilterBank", "FilterBankLog", "FilterBankSpectralSubtraction")
} | {"SignalFilterBankSquareRoot", "SignalPCAN", "SignalWindow"}


@pytest.fixture(scope="module")
def models() -> dict[str, bytes]:
    return catalogue()


def printed(text: str) -> Iterator[tuple[str, dict[str, int]]]:
    """(path, head, tail and bytes asked for) of each model TFLM did not refuse."""
    for part in text.split("MODEL ")[1:]:
        path, _, said = part.partition("\n")
        if "REFUSED" not in said:
            sizes = {kind: int(size) for kind, size in re.findall(r"allocation (head|tail) (\d+)", said)}
            asked = re.search(r"'Persistent buffer data' used \d+ .*?requested (\d+) bytes", said)
            yield path, sizes | {"asked": int(asked[1]) if asked else 0}


def wrong_rules(models: Mapping[str, bytes], folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """(ours, theirs) of the models for which the rules give other sizes than the interpreter; none may be refused."""
    if importlib.util.find_spec("tflite_micro") is None:
        pytest.skip("tflite-micro has no wheel for this machine")
    paths = {str(folder / f"{number}.tflite"): name for number, name in enumerate(models)}
    for path, name in paths.items():
        Path(path).write_bytes(models[name])
    run = subprocess.run([sys.executable, "-c", PROGRAM, *paths], capture_output=True, text=True, check=True)
    theirs = {paths[path]: sizes for path, sizes in printed(run.stderr)}
    assert set(theirs) == set(models), "refused"
    asked: list[int] = []
    allocate = Node.persistent

    def count(node: Node, size: int) -> None:
        asked.append(size)
        allocate(node, size)

    monkeypatch.setattr(Node, "persistent", count)
    wrong = {}
    for name, sizes in theirs.items():
        graph = read_graph(models[name])
        asked.clear()
        arena = tflm_arena(graph, REFERENCE, HOST)
        pointers = POINTER * (len(graph.input_tensors) + len(graph.output_tensors))
        # MicroResourceVariables: 16 bytes, and 40 a variable; created before any kernel runs.
        named = {op.options["shared_name"] for op in graph.main.operators if op.name == "VAR_HANDLE"}
        pointers += 16 + 40 * len(named) if named else 0
        ours = {"head": arena.planned, "asked": sum(asked) + pointers}
        if ours != {kind: sizes[kind] for kind in ours}:
            wrong[name] = (ours, sizes)
    return wrong


def test_every_rule_is_in_the_catalogue(models: dict[str, bytes]) -> None:
    assert {name.split()[0] for name in models} == set(KERNELS) - NOT_CHECKED


def test_rules(models: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not wrong_rules(models, tmp_path, monkeypatch)


@pytest.mark.parametrize("seeds", [range(20), pytest.param(range(20, 400), marks=pytest.mark.nightly)])
def test_random_networks(seeds: range, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those whose generated C is held against the device's bytes."""
    assert not wrong_rules({str(seed): random_network(seed) for seed in seeds}, tmp_path, monkeypatch)
