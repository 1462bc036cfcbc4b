"""A model's answers on one part of the split to an evaluation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.training.evaluation import Evaluation, evaluate_classification, evaluate_regression
from workbench.training.prepare import Prepared


def judge(prepared: Prepared, part: str, answers: NDArray[np.float32], runtime: str) -> Evaluation:
    """Compare ``answers`` (N, outputs), scores a class or one number in the label's unit, with the truth."""
    truth = prepared.targets(part)
    dataset = prepared.dataset
    windows = prepared.indices(part)
    recordings = dataset.recording_ids[windows]
    if dataset.task == "classification":
        classes = truth.astype(np.int64)
        return evaluate_classification(
            classes,
            answers,
            dataset.classes,
            recordings=recordings,
            starts=dataset.starts[windows],
            window_rows=0 if dataset.picture else dataset.input_shape[0],
            runtime=runtime,
            split=part,
        )
    values, unit = truth.astype(np.float32), dataset.target_unit
    return evaluate_regression(values, answers[:, 0], unit, recordings=recordings, runtime=runtime, split=part)
