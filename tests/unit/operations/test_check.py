from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.boards import find_board
from workbench.cli import main
from workbench.cli.check import VERB
from workbench.cli.screen import Screen
from workbench.errors import BadModel, BadSetting, NotEnoughData, NotSupported
from workbench.features import parameters as feature_parameters
from workbench.features.settings import FeatureSettings
from workbench.memory.budget import Firmware
from workbench.operations.check import Limits, check_limits
from workbench.operations.memory import memory_report, variant_memory
from workbench.operations.settings import change_settings
from workbench.project import Project
from workbench.project.settings import ProjectSettings
from workbench.training import evaluation


@pytest.fixture
def model(shared: Path) -> Path:
    return shared / "models" / "mlperf_kws_ref_int8.tflite"


@pytest.fixture
def project(tmp_path: Path, model: Path) -> Iterator[Project]:
    parameters = feature_parameters.FeatureParameters(
        FeatureSettings("raw"), 50.0, ("x",), (490, 1), 10, (49, 10, 1), (0.0,), (1.0,)
    )
    scores = np.eye(2)[[0] * 45 + [1] * 55]
    truth = np.array([0] * 50 + [1] * 50)
    results = evaluation.to_json(evaluation.evaluate_classification(truth, scores, ("a", "b"), split="validation"))
    with Project.create(tmp_path / "project", "Keywords") as opened:
        with opened.step("Train"):
            run: Any = opened.add_run(
                title="run", task="classification", classes=("a", "b"), target_unit="", settings={},
                input_shape=(49, 10, 1), parameters=1, split={}, features=feature_parameters.to_json(parameters),
                history={}, evaluation={}, model=b"keras",
            )  # fmt: skip
            opened.add_variant(
                run, name="int8", recipe={}, quantization="int8", sparsity=0.0, evaluation=results,
                runs_on_boards=True, model=model.read_bytes(),
            )  # fmt: skip
        yield opened


def test_at_the_limit_and_one_byte_below(model: Path) -> None:
    report = memory_report(model, find_board("pico"), "c")
    flash, ram = report.flash.used, report.ram.used
    assert check_limits(model, "pico", Limits(flash, ram), "c").passed
    broken = check_limits(model, "pico", Limits(flash - 1, ram), "c")
    assert [check.what for check in broken.checks if not check.kept] == ["flash"]
    assert [c.what for c in check_limits(model, "pico", Limits(None, ram - 1), "c").checks if not c.kept] == ["RAM"]


def test_the_boards_own_limits_count_without_any(model: Path) -> None:
    result = check_limits(model, "frdm_kl03z", Limits())
    assert [check.kept for check in result.checks] == [False, False]
    assert not result.passed


def test_a_projects_variant(project: Project) -> None:
    folder = project.folder
    variant = project.current_variant()
    assert variant
    board = find_board("nano33ble_sense")
    used = variant_memory(project, variant, board).ram.used  # with its window of samples
    result = check_limits(folder, None, Limits(max_ram=used, min_accuracy=0.95))
    assert result.passed
    assert result.checks[-1].what == "accuracy on the validation split"
    assert not check_limits(folder, None, Limits(min_accuracy=0.951)).passed


def test_a_prediction_must_be_done_before_the_next_is_due(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten rows at 50 Hz: enough on the project's board, not on a Cortex-M0+, whose features alone take milliseconds."""
    in_time = check_limits(project.folder, None, Limits()).checks[-1]
    assert (in_time.what, in_time.unit, in_time.kept) == ("time of a prediction", "s", True)
    assert in_time.limit == pytest.approx(0.2)
    assert in_time.measured == pytest.approx(sum(in_time.parts.values()))
    assert 0 < in_time.parts["normalization"] < in_time.parts["CONV_2D"]
    folder = project.folder
    project.close()
    assert main(["check", str(folder), "--board", "pico"]) == 1
    said = next(line for line in capsys.readouterr().out.splitlines() if "time of a prediction" in line)
    assert said.startswith("BROKEN") and "normalization" in said
    assert main(["check", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["checks"][-1]
    assert told["unit"] == "s" and told["parts"]["normalization"] > 0


def test_what_cannot_be_checked(model: Path, tmp_path: Path) -> None:
    with pytest.raises(NotSupported, match="without its data"):
        check_limits(model, "pico", Limits(min_accuracy=0.5))
    with pytest.raises(BadSetting, match="--board"):
        check_limits(model, None, Limits())
    with pytest.raises(BadModel):
        check_limits(tmp_path / "none.tflite", "pico", Limits())
    with Project.create(tmp_path / "empty", "empty"), pytest.raises(NotEnoughData):
        check_limits(tmp_path / "empty", None, Limits())


def parsed(*words: str) -> Any:
    parser = argparse.ArgumentParser(exit_on_error=False)
    VERB.add_arguments(parser)
    return parser.parse_args(words)


def test_the_verb_says_each_limit_on_one_line(model: Path) -> None:
    answer = VERB.run(parsed(str(model), "--board", "pico", "--engine", "c", "--max-ram", "4K"), Screen(machine=True))
    assert answer.exit_status == 1
    assert answer.lines[0] == f"{model.name} on pico, Plain C"
    assert [str(line)[:6] for line in answer.lines[1:]] == ["ok    ", "ok    ", "BROKEN"]
    data = json.loads(json.dumps(answer.data))
    assert data["passed"] is False
    assert data["checks"][2]["limit"] == 4096
    fine = VERB.run(parsed(str(model), "--board", "pico", "--engine", "c", "--max-ram", "0.5 M"), Screen(machine=True))
    assert fine.exit_status == 0


@pytest.mark.parametrize("words", [("--max-flash", "many"), ("--max-ram", "-1"), ("--min-accuracy", "150%")])
def test_limits_that_are_none(words: tuple[str, ...]) -> None:
    with pytest.raises(argparse.ArgumentError):
        parsed("m.tflite", words[0] + "=" + words[1])


def test_shares() -> None:
    assert parsed("m.tflite", "--min-accuracy", "90%").min_accuracy == parsed("m", "--min-accuracy", "0.9").min_accuracy


def test_your_own_firmware_counts(model: Path, project: Project) -> None:
    """From its own file for a model; in a project, instead of what the settings say."""
    most = memory_report(model, find_board("pico"), "c").ram.used
    own = Firmware(1_000, 2_000)
    assert check_limits(model, "pico", Limits(max_ram=most + 2_000), "c", firmware=own).passed
    assert not check_limits(model, "pico", Limits(max_ram=most + 1_999), "c", firmware=own).passed
    change_settings(project, ProjectSettings(firmware_ram_bytes=50_000))
    used = {c.what: c.measured for c in check_limits(project.folder, "pico", Limits(), "c").checks}
    with_own = {c.what: c.measured for c in check_limits(project.folder, "pico", Limits(), "c", firmware=own).checks}
    assert used["RAM of the board"] - with_own["RAM of the board"] == 48_000


def test_the_command_line_reads_it_from_the_build(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = tmp_path / "sizes.txt"
    sizes.write_text(
        "   text    data     bss     dec     hex filename\n  10000     500  300000  310500   4bce4 my.elf\n"
    )
    arguments = ["check", str(model), "--board", "pico", "--firmware", str(sizes)]
    assert main(arguments) == 1
    assert "BROKEN RAM of the board" in capsys.readouterr().out
    assert main([*arguments[:-1], str(tmp_path / "none.elf")]) == 2
    assert "cannot be read" in capsys.readouterr().err
