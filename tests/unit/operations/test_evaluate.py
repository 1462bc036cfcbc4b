"""The test split is used once."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.compression.recipe import Recipe
from workbench.errors import BadSetting, NotPossible
from workbench.jobs import QuietJob
from workbench.operations import evaluate
from workbench.operations.compress import compress
from workbench.operations.evaluate import report_on_test
from workbench.project import Project


def test_float_and_variant_are_judged_on_windows_that_nothing_was_chosen_by(compressed: tuple[Path, int]) -> None:
    folder, variant_id = compressed
    outcome = report_on_test(folder, variant_id, job=QuietJob())
    assert outcome.value["variant"]["split"] == outcome.value["float"]["split"] == "test"
    assert outcome.value["variant"]["accuracy"] >= 0.8
    with Project.open(folder) as project:
        run, base, variant = project.latest_run(), *project.variants()
        assert run is not None
        assert outcome.value == {"float": base.test, "variant": variant.test}
        assert outcome.value["variant"]["count"] == run.split["test"]
    assert outcome.messages == ()


def test_a_second_report_gives_what_was_stored(compressed: tuple[Path, int], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, variant_id = compressed
    first = report_on_test(folder, variant_id, job=QuietJob())

    def touched(*_: object) -> None:
        raise AssertionError("the test split was used again")

    monkeypatch.setattr(evaluate, "answers_of", touched)
    again = report_on_test(folder, variant_id, job=QuietJob())
    assert again.value == first.value
    assert again.changed == frozenset()


def test_the_float_variant_reports_on_itself(compressed: tuple[Path, int]) -> None:
    folder, _ = compressed
    with Project.open(folder) as project:
        base = project.variants()[0].id
    report = report_on_test(folder, base, job=QuietJob()).value
    assert report["float"] == report["variant"]


def test_judging_many_variants_by_the_test_split_is_told(compressed: tuple[Path, int]) -> None:
    folder, variant_id = compressed
    report_on_test(folder, variant_id, job=QuietJob())
    other = compress(folder, Recipe(quantization="float16"), job=QuietJob()).value
    outcome = report_on_test(folder, other, job=QuietJob())
    assert "has judged 3 models" in outcome.messages[0]


def test_recordings_that_are_gone_cannot_be_reported_on(compressed: tuple[Path, int]) -> None:
    folder, variant_id = compressed
    with Project.open(folder) as project, project.step("remove"):
        run = project.latest_run()
        assert run is not None
        gone = set(run.split["groups"]["test"])
        project.remove_recordings([r.id for r in project.recordings() if r.metadata["person"] in gone])
    with pytest.raises(NotPossible, match="test split"):
        report_on_test(folder, variant_id, job=QuietJob())


def test_no_such_variant(wave_project: Path) -> None:
    with pytest.raises(BadSetting, match="no variant 7"):
        report_on_test(wave_project, 7, job=QuietJob())
