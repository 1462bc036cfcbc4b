"""``workbench sensitivity``: which layer suffers from fewer bits, channels or weights."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.screen import Screen, table
from workbench.cli.verb import Answer, Verb
from workbench.operations.projects import open_project
from workbench.operations.sensitivity import PROBES, Sensitivity
from workbench.quantities import NOTHING, percent, quantity


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="a trained project's folder")
    parser.add_argument("--run", type=int, dest="run_id", metavar="N", help="which training (default: the latest)")


def _run(arguments: argparse.Namespace, screen: Screen) -> Answer:
    opened = open_project(arguments.project)
    with opened.value as project:
        function = "workbench.operations.sensitivity:sensitivity"
        outcome = screen.job(function, project.folder, arguments.run_id, title="Probing the layers")
        found: Sensitivity = outcome.value
        data = {"project": str(project.folder), **found.to_json()}
    heads = ("weights", "int8 SQNR", "of outputs", *(probe.title for probe in PROBES))
    shown = table("layer", "kind", *heads, right=heads, whole=("layer", "kind"))
    for layer in found.layers:
        drops = [_drop(found, layer.drops[probe.id]) for probe in PROBES]
        shown.add_row(
            layer.name,
            layer.kind,
            f"{layer.weights:,}",
            _decibels(layer.sqnr_db),
            _decibels(layer.output_sqnr_db),
            *drops,
        )
    quality = percent(found.quality) if found.task == "classification" else quantity(found.quality, found.unit)
    told = [f"{probe.title}: {probe.words}." for probe in PROBES]
    ratio = (
        "SQNR: signal to what int8 adds, of the layer's weights alone and of its outputs, with all layers before it."
    )
    how = f"Without retraining, on {found.windows:,} validation windows; the int8 model as it is: {quality}."
    leave = "What suffers most can be left alone: workbench compress … --exempt LAYER"
    return Answer(data, [*opened.messages, *outcome.messages, shown, "", how, ratio, *told, leave])


def _decibels(ratio: float | None) -> str:
    return NOTHING if ratio is None else f"{ratio:.1f} dB"


def _drop(found: Sensitivity, drop: float | None) -> str:
    if drop is None:
        return NOTHING
    if found.task == "classification":
        return f"{-drop * 100:+.1f} points"
    return ("+" if drop >= 0 else "−") + quantity(abs(drop), found.unit)


VERB = Verb("sensitivity", "which layer suffers from fewer bits, channels or weights", _arguments, _run)
