"""How good a given model is, by the project's labelled recordings: all of them, for nothing was chosen by any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.compression.answers import answers_of
from workbench.dataset.build import build_dataset
from workbench.dataset.dataset import Dataset
from workbench.errors import NotPossible, NotSupported
from workbench.features.compute import compute
from workbench.features.settings import FeatureSettings
from workbench.graph.model import Graph, Tensor
from workbench.graph.read import read_graph
from workbench.jobs import Job
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.work import project_to_change
from workbench.project.store import Project
from workbench.quantities import percent, three_digits
from workbench.training.evaluation import ALL, Evaluation, to_json
from workbench.training.judge import Truth

Floats = NDArray[np.float32]

_MOST_OUTSIDE = 0.1  # of all values; what a model was made for rarely leaves its input's range


def judge_given(project: Project, model: bytes) -> Evaluation:
    """Compare the answers of a .tflite model to all labelled windows of a project with their labels.

    The windows are those of the project's settings, through its feature block and as recorded: how the model's author
    scaled them is not known. Classes are in alphabetical order, as this program's own models have them; one output
    stands for the second of two classes. Raises NotEnoughData without labelled recordings, NotSupported when they do
    not fit the model.
    """
    dataset = build_dataset(project)
    graph = read_graph(model)
    inputs = _inputs(compute(dataset.windows, project.settings(FeatureSettings)), graph)
    _check_outputs(dataset, graph)
    answers, runtime = answers_of(model, inputs, graph=graph)
    truth = Truth(
        part=ALL,
        task=dataset.task,
        classes=dataset.classes,
        unit=dataset.target_unit,
        targets=dataset.targets,
        recordings=dataset.recording_ids,
        starts=dataset.starts,
        window_rows=0 if dataset.picture else dataset.input_shape[0],
    )
    if dataset.task == "classification" and answers.shape[1] == 1:
        answers = np.hstack([1 - answers, answers])
    return truth.judge(answers, runtime)


def judge_variant(folder: Path, variant_id: int, *, job: Job) -> Outcome[dict[str, Any]]:
    """Judge a variant of the project's given model, and keep the evaluation (as JSON). Runs in a child process.

    Raises as ``judge_given`` does, and NotPossible for a variant of a model that was trained here.
    """
    with project_to_change(folder) as project:
        variant = project.variant(variant_id)
        if variant.run_id is not None:
            raise NotPossible("This model was trained here and judged on the validation split.", where=variant.name)
        job.progress(f"Judging {variant.name} by the recordings")
        evaluation = to_json(judge_given(project, project.path(variant.model_file).read_bytes()))
        with project.step("Judge by the recordings"):
            project.save_evaluation(variant_id, evaluation)
    return Outcome(evaluation, frozenset({Topic.VARIANTS}))


def _inputs(features: Floats, graph: Graph) -> Floats:
    """Features (N, …) as the model takes them, (N, *its input shape); sides of length 1 make no difference."""
    if len(graph.input_tensors) != 1 or len(graph.output_tensors) != 1:
        count = f"{len(graph.input_tensors)} inputs and {len(graph.output_tensors)} outputs"
        raise NotSupported(f"The model has {count}; it can be judged with one of each.")
    taken = graph.input_tensors[0]
    shape, given = taken.shape[1:], features.shape[1:]
    if [side for side in shape if side != 1] != [side for side in given if side != 1]:
        raise NotSupported(
            f"The model takes {_words(shape)} values, the recordings' windows have {_words(given)}.",
            to_do="Set length and features on the Features page as the model was trained with.",
        )
    _check_range(features, taken)
    return features.reshape(len(features), *shape)


def _check_range(features: Floats, taken: Tensor) -> None:
    """Raise NotSupported for values that the model's input cannot hold: it was trained on others."""
    limits = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}.get(taken.dtype)
    if limits is None or taken.quantization is None:
        return
    scale, zero = taken.quantization.scales[0], taken.quantization.zero_points[0]
    low, high = (scale * (limit - zero) for limit in limits)
    outside = float(np.mean((features < low - scale) | (features > high + scale)))
    if outside > _MOST_OUTSIDE:
        raise NotSupported(
            f"The model takes values from {three_digits(low)} to {three_digits(high)}, and {percent(outside)} of what "
            "is recorded lies outside: it was trained on values of another scale.",
            to_do="Import or record them in the unit that the model was trained with.",
        )


def _check_outputs(dataset: Dataset, graph: Graph) -> None:
    outputs = graph.output_tensors[0].elements
    if dataset.task != "classification":
        if outputs != 1:
            raise NotSupported(f"The model gives {outputs} numbers, the recordings have one to compare with.")
        return
    classes = len(dataset.classes)
    if outputs != classes and (outputs, classes) != (1, 2):
        raise NotSupported(
            f"The model tells {outputs} classes apart, the recordings have {classes}: {', '.join(dataset.classes)}.",
            to_do="Label the recordings with the model's classes; their alphabetical order counts.",
        )


def _words(shape: tuple[int, ...]) -> str:
    return " × ".join(str(side) for side in shape)
