"""What TensorFlow Lite Micro says of a model on this computer."""

from __future__ import annotations

from pathlib import Path

from workbench.graph.read import read_graph
from workbench.jobs import Job
from workbench.memory.host_check import LABEL, HostCheck, host_check
from workbench.operations.memory import read_graph_file, read_model
from workbench.quantities import exact_bytes


def check_on_host(model: bytes | Path, *, job: Job) -> HostCheck:
    """Let TensorFlow Lite Micro allocate a .tflite model on this computer. For child processes.

    Raises BadModel, MissingExtra when it is not installed, NotSupported when it refuses the model.
    """
    job.progress("Running TensorFlow Lite Micro on this computer", 0.0)
    if isinstance(model, Path):
        read_graph_file(model)  # names the file when it is no model
        model = read_model(model)
    return host_check(model, read_graph(model))


def in_words(check: HostCheck) -> str:
    """The outcome in sentences, labelled as what it is."""
    verdict = {
        True: ", as the rules of this program give it with 64-bit pointers",
        False: f"; the rules of this program give {exact_bytes(check.predicted_planned or 0)} with 64-bit pointers",
        None: "; this program has no rule for one of the operators",
    }[check.agrees]
    return (
        f"TensorFlow Lite Micro runs the model on this computer. It planned {exact_bytes(check.planned)}{verdict}, and "
        f"used {exact_bytes(check.used)} in all: {LABEL}."
    )
