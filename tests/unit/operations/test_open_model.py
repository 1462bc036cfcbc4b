"""A model file becomes a project of its own: found again, never half made."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from workbench import settings
from workbench.boards import find_board
from workbench.compression.recipe import Recipe
from workbench.errors import BadFile, BadModel, NotPossible, NotSupported
from workbench.jobs import QuietJob
from workbench.operations.check import Limits, check_limits
from workbench.operations.compress_model import compress_model
from workbench.operations.evaluate import report_on_test
from workbench.operations.export import export
from workbench.operations.fit_figures import fit_figures
from workbench.operations.memory import memory_report, variant_memory
from workbench.operations.open_model import open_model
from workbench.project import Project

JOB = QuietJob()
KINDS = {
    "mlperf_kws_ref_int8": "int8",
    "mlperf_vww_96_int8": "int8",
    "mlperf_ic_resnet8_int8": "int8",
    "mlperf_ad01_int8": "int8",
    "hello_world_float": "float32",
    "hello_world_int8": "int8",
    "trained_lstm_int8": "int8",
    "micro_speech_quantized": "int8",
}


@pytest.mark.parametrize("name", KINDS)
def test_real_models(shared: Path, name: str) -> None:
    path = shared / "models" / f"{name}.tflite"
    folder = open_model(path, "pico", job=JOB).value
    board = find_board("pico")
    with Project.open(folder) as project:
        variant = project.current_variant()
        assert variant is not None
        assert (variant.run_id, variant.quantization, variant.runs_on_boards) == (None, KINDS[name], True)
        assert project.path(variant.model_file).read_bytes() == path.read_bytes()
        assert project.given_model is not None
        assert project.given_model.source == str(path)
        assert variant_memory(project, variant, board).ram.used == memory_report(path, board).ram.used
        figures = fit_figures(project, variant, board)
        assert figures.flash.value
        assert figures.latency.value
        assert figures.accuracy.value is None
        assert "without data" in figures.accuracy.note


def test_the_same_model_is_found_again_and_another_of_its_name_gets_its_own(shared: Path, tmp_path: Path) -> None:
    model = tmp_path / "kws.tflite"
    shutil.copyfile(shared / "models/hello_world_int8.tflite", model)
    first = open_model(model, job=JOB).value
    assert first == settings.projects_folder() / "kws"
    assert open_model(model, job=JOB).value == first
    shutil.copyfile(shared / "models/hello_world_float.tflite", model)
    second = open_model(model, job=JOB).value
    assert second == settings.projects_folder() / "kws-2"
    assert open_model(model, job=JOB).value == second
    assert len(list(settings.projects_folder().iterdir())) == 2


def test_a_project_that_stands_there_already_is_left_alone(shared: Path) -> None:
    mine = settings.projects_folder() / "hello_world_int8"
    Project.create(mine, "Mine").close()
    (settings.projects_folder() / "hello_world_int8-2").write_text("a letter")
    folder = open_model(shared / "models/hello_world_int8.tflite", job=JOB).value
    assert folder.name == "hello_world_int8-3"
    with Project.open(mine) as project:
        assert project.given_model is None


def test_what_is_no_model_makes_nothing(tmp_path: Path, shared: Path) -> None:
    whole = (shared / "models/mlperf_kws_ref_int8.tflite").read_bytes()
    (tmp_path / "empty.tflite").write_bytes(b"")
    (tmp_path / "cut.tflite").write_bytes(whole[:3000])
    (tmp_path / "text.tflite").write_text("a,b\n1,2\n")
    (tmp_path / "picture.keras").write_bytes(b"\x89PNG" + bytes(100))
    (tmp_path / "folder.tflite").mkdir()
    (tmp_path / "folder.keras").mkdir()
    (tmp_path / "old.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    with (tmp_path / "huge.tflite").open("wb") as file:
        file.truncate(2 << 30)
    bad = [*sorted(tmp_path.iterdir()), tmp_path / "none.tflite"]
    for path in bad:
        with pytest.raises(BadModel) as caught:
            open_model(path, job=JOB)
        assert path.name in caught.value.where
    assert list(settings.projects_folder().iterdir()) == []


def test_a_name_never_leads_out_of_the_folder(shared: Path, tmp_path: Path) -> None:
    for name in ("..tflite.tflite", "a:b?.tflite", "-.tflite", ".hidden.tflite"):
        path = tmp_path / name
        shutil.copyfile(shared / "models/hello_world_int8.tflite", path)
        assert open_model(path, job=JOB).value.parent == settings.projects_folder()


def test_what_a_tflite_cannot_do_is_said(shared: Path, tmp_path: Path) -> None:
    folder = open_model(shared / "models/hello_world_int8.tflite", job=JOB).value
    with pytest.raises(NotPossible, match=r"Open its \.keras"):
        compress_model(folder, job=JOB)
    with pytest.raises(NotPossible, match="no test split"):
        report_on_test(folder, 1, job=JOB)
    with pytest.raises(NotSupported, match="without its data"):
        check_limits(folder, None, Limits(min_accuracy=0.5))
    assert check_limits(folder, "pico", Limits()).passed
    exported = export(folder, tmp_path, job=JOB).value
    assert "values.cpp" in exported.files


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import tf_keras

    path = tmp_path_factory.mktemp("keras") / "net.keras"
    layers = tf_keras.layers
    tf_keras.Sequential([layers.Input((16, 2)), layers.Flatten(), layers.Dense(8), layers.Dense(2)]).save(path)
    return path


def test_a_keras_model_is_compressed_after_its_training(network: Path, tmp_path: Path) -> None:
    folder = open_model(network, job=JOB).value
    made = compress_model(folder, Recipe(sparsity=0.5, quantization="int8"), job=JOB)
    assert any("random values" in message for message in made.messages)
    examples = tmp_path / "examples.npy"
    np.save(examples, 50 * np.random.default_rng(1).normal(size=(30, 16, 2)))
    told = compress_model(folder, Recipe(quantization="int8"), calibration=examples, job=JOB)
    assert told.messages == ()
    with Project.open(folder) as project:
        names = [variant.name for variant in project.given_variants()]
        assert names == ["float32", "int8, 50 % sparse, calibrated on random values", "int8"]
        assert project.variant(2).sparsity == pytest.approx(0.5, abs=0.02)
        assert project.variant(3).recipe["calibration"] == "30 examples of examples.npy"
        figures = fit_figures(project, project.variant(2), find_board("pico"))
        assert "random values" in figures.accuracy.note


@pytest.mark.parametrize(
    "content", [np.zeros((4, 3)), np.full((4, 16, 2), np.nan), np.zeros((0, 16, 2)), np.array(["a"]), b"", b"\x93NUMPY"]
)
def test_examples_that_are_none_change_nothing(network: Path, tmp_path: Path, content: object) -> None:
    folder = open_model(network, job=JOB).value
    file = tmp_path / "examples.npy"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        np.save(file, np.asarray(content))
    with pytest.raises(BadFile):
        compress_model(folder, Recipe(), calibration=file, job=JOB)
    with Project.open(folder) as project:
        assert len(project.variants()) == 1
