"""The report on the test split, which nothing was chosen by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.compression.answers import answers_of
from workbench.convert.convert import Quantization
from workbench.errors import NotPossible
from workbench.jobs import Job
from workbench.operations.outcome import Outcome, Topic
from workbench.operations.work import project_to_change
from workbench.project.model import Variant
from workbench.project.store import Project
from workbench.training import evaluation
from workbench.training.judge import judge
from workbench.training.prepare import prepare_again


def report_on_test(folder: Path, variant_id: int, *, job: Job) -> Outcome[dict[str, Any]]:
    """The evaluations (as JSON) of a variant and of its run's float model on the test split.

    Gives {"float": …, "variant": …}. Each model meets the test split once: the result is stored with it and given
    back the next time. Raises NotPossible when the test windows are gone.
    """
    with project_to_change(folder) as project:
        variant = project.variant(variant_id)
        if variant.run_id is None:
            raise NotPossible(
                "This model came without data: there is no test split to judge it by.",
                where=variant.name,
                to_do="Record or import labelled recordings and train a model here.",
            )
        base = _float_variant(project, variant)
        missing = [one for one in {base.id: base, variant.id: variant}.values() if one.test is None]
        messages: tuple[str, ...] = ()
        if missing:
            job.progress("Reading recordings", 0.0)
            prepared = prepare_again(project, project.run(variant.run_id))
            inputs = prepared.inputs("test")
            results = {}
            for number, one in enumerate(missing):
                job.progress("Evaluating on the test split", 0.3 + 0.6 * number / len(missing))
                answers, runtime = answers_of(project.path(one.model_file).read_bytes(), inputs)
                results[one.id] = evaluation.to_json(judge(prepared, "test", answers, runtime))
            with project.step("Report on the test split"):
                for key, result in results.items():
                    project.save_test(key, result)
            messages = prepared.dataset.messages + _warning(project, variant)
        report = {"float": project.variant(base.id).test, "variant": project.variant(variant.id).test}
    return Outcome(report, frozenset({Topic.VARIANTS} if missing else ()), messages)


def _float_variant(project: Project, variant: Variant) -> Variant:
    """The run's first variant, which training made from the float model; the variant itself if that is gone."""
    same_run = project.variants(variant.run_id)
    return next((one for one in same_run if one.quantization == Quantization.FLOAT32), variant)


def _warning(project: Project, variant: Variant) -> tuple[str, ...]:
    """The test split stays honest only while nothing is chosen by it."""
    seen = [one for one in project.variants(variant.run_id) if one.test is not None]
    if len(seen) <= 2:
        return ()
    return (
        f"The test split has judged {len(seen)} models of this run; choosing among them by it makes it look too good.",
    )
