"""A model with each engine that a board can run, and what others published for it."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.figures import Figure
from workbench.graph.model import Graph
from workbench.memory.fit import PLAIN_C, engines_for
from workbench.operations.fit_figures import Deployment, FitInputs, figures_in_place
from workbench.resources import resource
from workbench.target.cost import count_operations

TITLES: Mapping[str, str] = {
    PLAIN_C: "Plain C",
    "tflm": "TFLM",
    "tflm-cmsis": "TFLM with CMSIS-NN",
}


@dataclass(frozen=True)
class EngineRow:
    """What a model takes with one engine; figures that nobody knows are empty, with the reason as their note."""

    engine: str
    title: str
    flash: Figure
    ram: Figure
    latency: Figure
    energy: Figure


@dataclass(frozen=True)
class Published:
    """What others published for a network: seconds by engine on a core at a clock, and bytes of RAM where they did."""

    title: str
    words: str
    core: str
    clock_hz: float
    seconds: Mapping[str, float]
    ram: Mapping[str, int]


def side_by_side(inputs: FitInputs, graph: Graph, model: bytes) -> tuple[EngineRow, ...]:
    """A variant's model, read and as bytes, with every engine of its board's core."""
    rows = []
    for engine in engines_for(inputs.board):
        deployment = Deployment(engine, inputs.deployment.option)
        found = figures_in_place(dataclasses.replace(inputs, deployment=deployment), graph, model)
        rows.append(EngineRow(engine, TITLES[engine], found.flash, found.ram, found.latency, found.energy))
    return tuple(rows)


def published(graph: Graph) -> Published | None:
    """What others published for this network, whatever its weights; None for one of which we know nothing."""
    inputs = graph.input_tensors[0].elements if graph.input_tensors else 0
    shape = (sum(count.macs for count in count_operations(graph)), inputs, len(graph.main.operators))
    for network in _file()["networks"]:
        if (network["macs"], network["inputs"], network["operators"]) == shape:
            source = _file()["source"]
            return Published(network["title"], seconds=network["seconds"], ram=network.get("ram", {}), **source)
    return None


@functools.cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(resource("published.toml").read_text(encoding="utf-8"))
