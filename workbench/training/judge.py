"""A model's answers on one part of the split to an evaluation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.dataset.dataset import Targets
from workbench.training.evaluation import Evaluation, evaluate_classification, evaluate_regression
from workbench.training.prepare import Prepared


@dataclass(frozen=True)
class Truth:
    """What answers are compared with: targets (N,), and the recording and first row that each window comes from."""

    part: str
    task: str
    classes: tuple[str, ...]
    unit: str
    targets: Targets
    recordings: NDArray[np.int64]
    starts: NDArray[np.int64]
    window_rows: int  # 0 for pictures

    def judge(self, answers: NDArray[np.float32], runtime: str) -> Evaluation:
        """Compare ``answers`` (N, outputs), scores a class or one number in the label's unit, with the truth."""
        if self.task == "classification":
            return evaluate_classification(
                self.targets.astype(np.int64),
                answers,
                self.classes,
                recordings=self.recordings,
                starts=self.starts,
                window_rows=self.window_rows,
                runtime=runtime,
                split=self.part,
            )
        return evaluate_regression(
            self.targets.astype(np.float32),
            answers[:, 0],
            self.unit,
            recordings=self.recordings,
            runtime=runtime,
            split=self.part,
        )


def truth_of(prepared: Prepared, part: str) -> Truth:
    """The truth about "train", "validation" or "test"."""
    dataset, windows = prepared.dataset, prepared.indices(part)
    return Truth(
        part,
        dataset.task,
        dataset.classes,
        dataset.target_unit,
        prepared.targets(part),
        dataset.recording_ids[windows],
        dataset.starts[windows],
        0 if dataset.picture else dataset.input_shape[0],
    )


def judge(prepared: Prepared, part: str, answers: NDArray[np.float32], runtime: str) -> Evaluation:
    """Compare ``answers`` (N, outputs) to the inputs of one part with the truth about it."""
    return truth_of(prepared, part).judge(answers, runtime)
