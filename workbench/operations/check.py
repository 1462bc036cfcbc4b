"""Whether a model stays within limits: a gate for continuous integration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.boards import Board, find_board
from workbench.errors import BadSetting, NotEnoughData, NotSupported
from workbench.figures import UNKNOWN, Figure, Source, parts_by_name
from workbench.memory.budget import Firmware
from workbench.memory.fit import MemoryReport
from workbench.memory.use import MemoryUse
from workbench.operations.fit_figures import fit_figures
from workbench.operations.judge_given import judge_given
from workbench.operations.memory import memory_report, read_model, variant_memory
from workbench.project.model import Variant
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.training.evaluation import Evaluation
from workbench.training.evaluation import from_json as evaluation_from_json


@dataclass(frozen=True)
class Limits:
    """What a model may take (B of flash and RAM, the board's and the user's own included) and must reach (a share)."""

    max_flash: int | None = None
    max_ram: int | None = None
    min_accuracy: float | None = None


@dataclass(frozen=True)
class Check:
    """One limit: ``what`` is limited, in B, s or as a share of 1, whether it is ``kept``, and how that is known.

    ``parts`` are those of ``measured`` by name, where it has any.
    """

    what: str
    measured: float
    limit: float
    unit: str
    kept: bool
    source: Source
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckResult:
    """All limits of a model on a board with an engine; ``model`` names the variant or the file.

    The board's own flash and RAM are always among them, and in a project the time until the next prediction is due.
    """

    model: str
    board: str
    engine: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.kept for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries for JSON."""
        return {
            "model": self.model,
            "board": self.board,
            "engine": self.engine,
            "passed": self.passed,
            "checks": [vars(check) for check in self.checks],
        }


def check_limits(
    source: Path | bytes,
    board_id: str | None,
    limits: Limits,
    engine: str | None = None,
    *,
    firmware: Firmware | None = None,
) -> CheckResult:
    """Check a .tflite file or its bytes, or a project's current variant with all that feeds it and the user's firmware.

    The board is the project's own unless ``board_id`` says another, and so is the user's own firmware unless
    ``firmware`` does; a model needs a board. Raises BadInput, NotSupported
    when the engine cannot run the model or nobody can know its accuracy, NotEnoughData when there is no variant.
    A given model is judged by the project's recordings.
    """
    if isinstance(source, Path) and source.is_dir():
        with Project.open(source) as project:
            board = find_board(board_id or project.settings(ProjectSettings).board)
            variant = project.current_variant()
            if variant is None:
                raise NotEnoughData("The project has no variant yet.", where=str(source), to_do="Train and compress.")
            if not variant.runs_on_boards:
                raise NotSupported(f"{variant.name} runs on: phone, CPU", where=str(source))
            report = variant_memory(project, variant, board, engine, firmware=firmware)
            evaluation = None if limits.min_accuracy is None else _evaluation(project, variant)
            latency = fit_figures(project, variant, board, engine).latency
            return _result(variant.name, report, board, limits, evaluation, latency=latency)
    if board_id is None:
        raise BadSetting("A model says nothing of its board.", to_do="Name one with --board.")
    board = find_board(board_id)
    name = source.name if isinstance(source, Path) else ""
    return _result(name, memory_report(source, board, engine, firmware=firmware), board, limits, None)


def _evaluation(project: Project, variant: Variant) -> Evaluation:
    """On the test split once the report was made, before on the validation split; of a given model, on all windows."""
    if variant.run_id is None and project.recordings():
        return judge_given(project, read_model(project.path(variant.model_file)))
    stored = variant.test or variant.evaluation
    if not stored:
        raise _without_data("Record or import labelled recordings that fit its input.")
    return evaluation_from_json(stored)


def _without_data(to_do: str) -> NotSupported:
    return NotSupported("How accurate a model file is cannot be told without its data.", to_do=to_do)


def _result(
    model: str,
    report: MemoryReport,
    board: Board,
    limits: Limits,
    evaluation: Evaluation | None,
    *,
    latency: Figure = UNKNOWN,
) -> CheckResult:
    checks = []
    for name, use, most in (("flash", report.flash, limits.max_flash), ("RAM", report.ram, limits.max_ram)):
        checks.append(_at_most(f"{name} of the board", use, use.limit, report.source))
        if most is not None:
            checks.append(_at_most(name, use, most, report.source))
    checks += _in_time(latency)
    if limits.min_accuracy is not None:
        if evaluation is None:
            raise _without_data("Check the project it comes from.")
        checks.append(_accuracy(evaluation, limits.min_accuracy))
    return CheckResult(model, board.id, report.engine, tuple(checks))


def _at_most(what: str, use: MemoryUse, limit: int, source: Source) -> Check:
    return Check(what, use.used, limit, "B", use.used <= limit, source)


def _in_time(latency: Figure) -> list[Check]:
    """A prediction, its features included, against the stride; nothing where either is not known."""
    if latency.value is None or latency.limit is None or latency.source is None:
        return []
    kept, parts = latency.fits is True, parts_by_name(latency)
    return [Check("time of a prediction", latency.value, latency.limit, "s", kept, latency.source, parts)]


def _accuracy(evaluation: Evaluation, least: float) -> Check:
    if evaluation.accuracy is None:
        raise NotSupported("A regression has no accuracy.")
    what = f"accuracy on {evaluation.judged_on}"
    return Check(what, evaluation.accuracy, least, "1", evaluation.accuracy >= least, Source.EVALUATED)
