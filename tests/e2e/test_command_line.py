"""The command line as README tells it, in processes of its own on the real sample projects."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.cli import main
from workbench.operations.projects import copy_sample
from workbench.project import Project
from workbench.training.settings import TrainingSettings

pytestmark = pytest.mark.timeout(600)
Workbench = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def workbench() -> Workbench:
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "workbench", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))

    return run


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()


def trained_for(epochs: int, project: Path) -> Path:
    with Project.open(project) as opened, opened.step("A few epochs"):
        opened.save_settings(dataclasses.replace(opened.settings(TrainingSettings), epochs=epochs))
    return project


@pytest.mark.parametrize("epochs", [8, pytest.param(None, id="as it comes", marks=pytest.mark.nightly)])
def test_fit_takes_recordings_to_a_firmware_folder_honestly(
    workbench: Workbench, samples: Path, tmp_path: Path, epochs: int | None
) -> None:
    sample = samples / "shoulder_exercises"
    before = fingerprint(sample)
    project = trained_for(epochs, copy_sample(sample, tmp_path / "shoulder")) if epochs else sample
    result = answer(workbench("fit", project, "--board", "nano33ble_sense", "--out", tmp_path / "out", "--json"))

    split = result["split"]
    assert split["by"] == "subject"
    people = [set(split[part]) for part in ("train", "validation", "test")]
    assert all(people)
    assert not (people[0] & people[1] or people[0] & people[2] or people[1] & people[2])
    # A random forest on simple statistics reaches 0.817 on subjects it has not seen; a leaky split says 0.99.
    assert 0.75 < result["accuracy"]["int8"] < 0.97
    assert abs(result["accuracy"]["float"] - result["accuracy"]["int8"]) < 0.03
    assert np.sum(result["confusion"]) == split["windows"]["test"]

    assert result["fits"] is True
    assert 0 < result["ram"]["arena"] < result["ram"]["total"] <= result["ram"]["limit"] == 256 * 1024
    assert result["model_bytes"] < result["flash"]["total"] <= result["flash"]["limit"] == 1024 * 1024
    assert result["latency_s"]["low"] < result["latency_s"]["value"] < result["latency_s"]["high"]
    assert result["latency_s"]["source"] == "estimated"

    folder = Path(result["folder"])
    assert (folder / "model.tflite").stat().st_size == result["model_bytes"]
    assert list(folder.glob("*.ino"))
    assert fingerprint(sample) == before, "the sample must stay as it is"


def test_a_regression_reports_its_error_in_the_targets_unit(
    workbench: Workbench, samples: Path, tmp_path: Path
) -> None:
    project = trained_for(3, copy_sample(samples / "seattle_temperature", tmp_path / "seattle"))
    result = answer(workbench("fit", project, "--board", "pico", "--out", tmp_path / "out", "--json"))
    assert result["unit"] == "°C"
    assert "accuracy" not in result
    assert 0 < result["mae"]["int8"] < 1.0
    assert result["r2"]["int8"] > 0.9
    groups = result["split"]
    assert not set(groups["train"]) & set(groups["test"])


def test_verb_after_verb_on_a_project_of_ones_own(workbench: Workbench, shared: Path, tmp_path: Path) -> None:
    project = tmp_path / "fan"
    assert answer(workbench("new", project, "--json"))["name"] == "fan"

    speeds = [shared / "data/fan_vibration" / name for name in ("fan_0_off_0_weight", "fan_0_high_0_weight")]
    files = [path for speed in speeds for path in sorted(speed.glob("*.csv"))[:30]]
    imported = answer(workbench("import", project, *files, "--rate-hz", 200, "--label-from", "folder", "--json"))
    assert len(imported["recordings"]) == 0 or imported["files"] == 60

    # Files picked one by one say nothing of their folder; the folders themselves do.
    folders = answer(workbench("import", project, *speeds, "--rate-hz", 200, "--json"))
    assert folders["files"] == 300

    trained = answer(
        workbench("train", project, "--epochs", 2, "--window-length-s", 0.5, "--features-block", "statistics",
                  "--architecture", "dense", "--json")
    )  # fmt: skip
    assert trained["split"]["by"] == "recording"
    assert trained["validation"]["accuracy"] > 0.8

    made = answer(workbench("compress", project, "--sparsity", 0.5, "--fine-tune-epochs", 1, "--json"))
    assert made["sparsity"] > 0.4
    assert made["runs_on_boards"] is True

    for model in (made["model"], shared / "models/mlperf_kws_ref_int8.tflite"):
        report = answer(workbench("memory", model, "--board", "nano33ble_sense", "--json"))
        assert report["flash"]["total"] >= Path(model).stat().st_size
        assert report["arena"]["required"] >= report["arena"]["used"] >= report["arena"]["planned"] > 0
        assert {"name", "offset", "bytes", "first_op", "last_op"} <= set(report["arena"]["tensors"][0])

    exported = answer(workbench("export", project, "--out", tmp_path / "out", "--json"))
    assert (Path(exported["folder"]) / "model.tflite").read_bytes() == Path(made["model"]).read_bytes()


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A small dense model for 16 rows of 2 channels, saved by Keras 3."""
    keras = pytest.importorskip("keras")
    layers = keras.layers
    model = tmp_path / "net.keras"
    keras.Sequential([layers.Input((16, 2)), layers.Flatten(), layers.Dense(8), layers.Dense(2)]).save(model)
    return model


def test_a_model_of_ones_own_gets_a_project_and_is_compressed(
    workbench: Workbench, network: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "examples.npy", np.random.default_rng(1).normal(size=(20, 16, 2)))
    told = "--examples", tmp_path / "examples.npy"
    made = answer(workbench("compress", network, "--sparsity", 0.5, *told, "--json"))
    assert made["messages"] == ["Pruned without retraining, because there are no data: accuracy is unknown."]
    assert made["sparsity"] == pytest.approx(0.5, abs=0.02)
    assert answer(workbench("check", made["project"], "--max-ram", "64K", "--json"))["passed"]
    refused = workbench("train", network)
    assert refused.returncode == 2
    assert "take models" in refused.stderr


@pytest.mark.nightly
def test_every_verb_that_makes_sense_converts_a_keras_model(
    workbench: Workbench, network: Path, tmp_path: Path
) -> None:
    small = answer(workbench("memory", network, "--as", "int8", "--board", "pico", "--json"))
    assert small["flash"]["total"] < answer(workbench("memory", network, "--board", "pico", "--json"))["flash"]["total"]
    assert workbench("check", network, "--board", "pico", "--max-ram", 10).returncode == 1
    assert answer(workbench("export", network, "--board", "pico", "--out", tmp_path / "out", "--json"))["files"]


def test_boards_are_listed_and_ones_own_is_added(workbench: Workbench, tmp_path: Path) -> None:
    boards = {board["id"]: board for board in answer(workbench("boards", "--json"))["boards"]}
    assert boards["nano33ble_sense"]["flash_bytes"] == 1024 * 1024
    assert (boards["frdm_kl03z"]["flash_bytes"], boards["frdm_kl03z"]["ram_bytes"]) == (32 * 1024, 2 * 1024)
    assert boards["ndp100"]["programmable"] is False
    assert boards["ndp100"]["why_not"]

    source = Path(__file__).parents[2] / "resources/boards/pico.toml"
    own = tmp_path / "my_pico.toml"
    own.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    assert answer(workbench("boards", "--add", own, "--json"))["added"] == "my_pico"
    assert "my_pico" in workbench("boards", "my_pico").stdout

    listed = workbench("boards").stdout
    assert all(board in listed for board in boards)  # a name that is cut off cannot be typed


def test_a_log_becomes_a_series_of_takes(workbench: Workbench, tmp_path: Path) -> None:
    lines = [f"{n * 10},{n % 100}" for n in range(600)]
    (tmp_path / "board.log").write_text("\n".join(["time (ms),x", *lines, ""]))
    project = tmp_path / "project"
    Project.create(project, "project").close()
    found = answer(
        workbench(
            *("capture", "--into", project, "--port", f"replay:{tmp_path / 'board.log'}", "--speed", "0", "--json"),
            *("--takes", "2", "--seconds", "0.5", "--start", "above", "--channel", "x", "--level", "50"),
            *("--before-s", "0.1", "--label", "wave", "--subject", "kim"),
        )
    )
    assert [(one["name"], one["rows"], one["channels"]) for one in found["recordings"]] == [
        ("wave 1", 60, ["x"]),
        ("wave 2", 60, ["x"]),
    ]
    assert found["counters"]["bad_lines"] == 0
    assert found["counters"]["driver_drops"] is None


def test_an_encoding_that_lacks_letters_is_no_error(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")  # a Windows program that writes into a file
    assert answer(workbench("new", tmp_path / "a", "--name", "例", "--json"))["name"] == "例"
    done = workbench("new", tmp_path / "b", "--name", "例")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        (b"TFL3", ("memory", "{file}")),
        (b"", ("memory", "{file}")),
        (b"\x1c\x00\x00\x00TFL3" + b"\xff" * 500, ("memory", "{file}", "--board", "pico")),
        (b"x", ("memory", "{file}", "--board", "nano33")),
        (b"flash_kb = 'many'", ("boards", "--add", "{file}")),
        (b"SQLite format 3\x00" + b"\x00" * 80, ("train", "{folder}")),
        (b"", ("fit", "{folder}", "--board", "pico", "--out", "{folder}/out")),
        (b"\x00\x01\x02", ("import", "{project}", "{file}")),
        (b"a,b\n1,2\n", ("new", "{folder}")),
        (b"", ("compress", "{project}", "--sparsity", "2")),
        (b"", ("train", "{project}", "--window-length-s", "-1")),
        (b"", ("capture", "{project}", "--port", "x", "--metadata", "alice")),
    ],
)
def test_bad_input_is_one_line_with_status_2(
    workbench: Workbench, tmp_path: Path, content: bytes, arguments: tuple[str, ...]
) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    name = "project.db" if "{folder}" in arguments else "bad.toml" if "--add" in arguments else "bad.csv"
    (folder / name).write_bytes(content)
    project = tmp_path / "good"
    Project.create(project, "good").close()
    before = fingerprint(folder)
    places = {"file": str(folder / name), "folder": str(folder), "project": str(project)}
    done = workbench(*(argument.format(**places) for argument in arguments))
    assert done.returncode == 2, done.stderr
    message = done.stderr.strip().splitlines()[-1]
    assert message.startswith("workbench: ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert fingerprint(folder) == before


@pytest.mark.parametrize(
    "arguments", [("train", "{project}"), ("compress", "{project}"), ("export", "{project}", "--out", "{project}/x")]
)
def test_what_cannot_be_done_yet_is_one_line_with_status_1(
    workbench: Workbench, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    project = tmp_path / "empty"
    Project.create(project, "empty").close()
    done = workbench(*(argument.format(project=project) for argument in arguments))
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("workbench: ")
    assert "Traceback" not in done.stderr


def test_the_verbs_of_the_readme_are_those_of_the_program(
    workbench: Workbench, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = readme.split("## The command line")[1].split("###")[0]
    told = {line.split("`")[1].split()[0] for line in section.splitlines() if line.startswith("| `")}
    program = workbench("--help").stdout
    known = {line.split()[0] for line in program.splitlines() if line.startswith("    ") and line.strip()}
    assert told == {name for name in known if name in told | {"new", "import", "fit"}}
    for name in told:
        with pytest.raises(SystemExit, match="0"):
            main([name, "--help"])
        assert f"usage: workbench {name}" in capsys.readouterr().out
