"""Exporting a project's variant or a bare model: what is written, and what is refused with nothing changed."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from workbench.boards import find_board
from workbench.dataset.settings import TargetSettings
from workbench.errors import BadBoard, BadInput, BadModel, BadProject, NotPossible
from workbench.features import parameters as feature_parameters
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings
from workbench.fields import to_json
from workbench.firmware.folder import MARKER
from workbench.jobs import QuietJob
from workbench.operations.export import export, export_model, preview_export
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project
from workbench.training import evaluation
from workbench.training.evaluation import Evaluation

JOB = QuietJob()
BOARD = "nano33ble_sense"
PARAMETERS = FeatureParameters(
    settings=FeatureSettings(),
    rate_hz=1 / 3600,
    channels=("temperature",),
    input_shape=(1, 1),
    stride_rows=1,
    output_shape=(1, 1),
    mean=(11.5,),
    std=(6.25,),
)
JUDGED = evaluation.to_json(Evaluation(task="regression", count=400, mae=1.25, rmse=1.5, r2=0.9, unit="°C"))


@pytest.fixture(scope="session")
def sine() -> bytes:
    """A float32 model of three dense layers, one number in and one out."""
    found = importlib.util.find_spec("tflite_micro")
    assert found is not None, "tflite_micro is a development dependency"
    assert found.submodule_search_locations
    path = Path(found.submodule_search_locations[0]) / "python" / "tflite_micro" / "sine_float.tflite"
    return path.read_bytes()


def add_variant(project: Project, model: bytes, parameters: FeatureParameters = PARAMETERS) -> int:
    target = TargetSettings(task="regression", source="channel", channel="temperature", horizon_rows=24)
    with project.step("Train"):
        run = project.add_run(
            title="Run 1",
            task="regression",
            classes=(),
            target_unit="°C",
            settings={"TargetSettings": to_json(target)},
            input_shape=(1, 1),
            parameters=321,
            split={},
            features=feature_parameters.to_json(parameters),
            history={},
            evaluation=JUDGED,
            model=b"keras",
        )
        return project.add_variant(
            run,
            name="float32",
            recipe={},
            model=model,
            quantization="float32",
            sparsity=0.0,
            evaluation=JUDGED,
            runs_on_boards=True,
        )


@pytest.fixture
def folder(tmp_path: Path, sine: bytes) -> Path:
    """A project with one regression model for hourly temperatures."""
    with Project.create(tmp_path / "seattle", "Seattle's weather") as project:
        add_variant(project, sine)
    return tmp_path / "seattle"


def test_a_project_becomes_a_folder_of_its_name(folder: Path, tmp_path: Path, sine: bytes) -> None:
    outcome = export(folder, tmp_path / "out", BOARD, job=JOB)
    place = outcome.value.folder
    assert place == tmp_path / "out" / "Seattle_s_weather"
    assert {path.name for path in place.iterdir()} == {*outcome.value.files, MARKER}
    assert (place / "model.tflite").read_bytes() == sine
    assert outcome.changed == frozenset()
    assert outcome.messages == ()


def test_what_is_known_of_the_model_is_in_the_folder(folder: Path, tmp_path: Path) -> None:
    place = export(folder, tmp_path, BOARD, job=JOB).value.folder
    header = (place / "model_info.h").read_text()
    guide = (place / "README.md").read_text()
    assert "temperature, 24 rows after the window's last one, in this unit" in header
    assert '#define MODEL_UNIT "\\302\\260C"' in header
    assert "Simulated allocation by allocation" in header
    assert "| Error on the validation split | 1.25\u2009°C |" in guide
    assert "test split" not in guide


def test_the_test_splits_figure_leads_once_it_is_there(folder: Path, tmp_path: Path) -> None:
    with Project.open(folder) as project, project.step("Report"):
        project.save_test(1, JUDGED | {"mae": 1.5})
    guide = (export(folder, tmp_path, BOARD, job=JOB).value.folder / "README.md").read_text()
    assert (
        "| Mean absolute error on the test split | 1.50\u2009°C | evaluated; 400 windows kept for the report |" in guide
    )


def test_the_board_is_the_projects_own_unless_another_is_named(folder: Path, tmp_path: Path) -> None:
    with Project.open(folder) as project, project.step("Board"):
        project.save_settings(dataclasses.replace(project.settings(ProjectSettings), board="pico"))
    place = export(folder, tmp_path, job=JOB).value.folder
    assert "Raspberry Pi Pico" in (place / "README.md").read_text()


def test_an_older_variant_can_be_exported(folder: Path, tmp_path: Path, sine: bytes) -> None:
    with Project.open(folder) as project:
        add_variant(project, sine + bytes(16))
    place = export(folder, tmp_path, BOARD, variant_id=1, job=JOB).value.folder
    assert (place / "model.tflite").read_bytes() == sine


def test_the_preview_says_what_an_export_would_do(folder: Path, tmp_path: Path) -> None:
    board = find_board(BOARD)
    with Project.open(folder) as project:
        assert {sketch.status for sketch in preview_export(project, board)} == {"new"}
        place = export(folder, tmp_path, BOARD, job=JOB).value.folder
        sketches = preview_export(project, board, tmp_path)
        assert {sketch.status for sketch in sketches} == {"same"}
        assert all(sketch.size == (place / sketch.path).stat().st_size for sketch in sketches)
        (place / "model_info.h").write_text("mine")
        (place / "sensors.cpp").write_text("mine")
        (place / "LICENSE").unlink()
        status = {sketch.path: sketch.status for sketch in preview_export(project, board, tmp_path)}
    assert (status["model_info.h"], status["sensors.cpp"], status["LICENSE"]) == ("changed", "kept", "new")


def test_changes_a_person_made_are_told(folder: Path, tmp_path: Path) -> None:
    place = export(folder, tmp_path, BOARD, job=JOB).value.folder
    (place / "sensors.cpp").write_text("mine")
    (place / "raw.c").write_text("mine")
    messages = export(folder, tmp_path, "pico", job=JOB).messages
    assert messages == (
        "Your changes in sensors.cpp were kept. What would have been written is in sensors.cpp.new.",
        "raw.c was written anew; your changes are in raw.c.yours.",
    )


def test_a_project_without_a_model_says_what_to_do(tmp_path: Path) -> None:
    Project.create(tmp_path / "empty", "Empty").close()
    with pytest.raises(NotPossible, match="no model to export") as caught:
        export(tmp_path / "empty", tmp_path / "out", BOARD, job=JOB)
    assert "Train" in caught.value.to_do
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_not_touched(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "Seattle_s_weather"
    place.mkdir()
    (place / "thesis.tex").write_text("years")
    with pytest.raises(BadInput):
        export(folder, tmp_path, BOARD, job=JOB)
    assert [path.name for path in place.iterdir()] == ["thesis.tex"]


def test_an_unknown_board_changes_nothing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadBoard):
        export(folder, tmp_path / "out", "nano99", job=JOB)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"rate_hz": 0.0},
        {"rate_hz": float("nan")},
        {"rate_hz": None},
        {"std": (0.0,)},
        {"mean": (float("inf"),)},
        {"mean": ()},
        {"std": (1.0, 2.0)},
        {"channels": ("a", "b")},
        {"input_shape": (1,)},
        {"input_shape": (0, 1)},
        {"stride_rows": -1},
    ],
)
def test_feature_parameters_that_contradict_themselves_are_refused(
    tmp_path: Path, sine: bytes, change: dict[str, object]
) -> None:
    broken = dataclasses.replace(PARAMETERS, **change)  # type: ignore[arg-type]  # any field
    with Project.create(tmp_path / "broken", "Broken") as project:
        add_variant(project, sine, broken)
    with pytest.raises(BadProject):
        export(tmp_path / "broken", tmp_path / "out", BOARD, job=JOB)
    assert not (tmp_path / "out").exists()


def test_a_damaged_model_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "variants" / "1.tflite").write_bytes(b"TFL3" * 30)
    with pytest.raises(BadModel):
        export(folder, tmp_path / "out", BOARD, job=JOB)
    assert not (tmp_path / "out").exists()


def test_a_bare_model_needs_no_project(tmp_path: Path, sine: bytes) -> None:
    model = tmp_path / "my model.tflite"
    model.write_bytes(sine)
    place = export_model(model, tmp_path / "out", BOARD, job=JOB).value.folder
    assert place.name == "my_model"
    assert "Fill in `read_values()`" in (place / "README.md").read_text()
    assert (place / "values.cpp").is_file()
    assert not (place / "raw.c").exists()


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.tflite"
    path.write_text("not a model")
    with pytest.raises(BadModel):
        export_model(path, tmp_path / "out", BOARD, job=JOB)
    with pytest.raises(BadModel):
        export_model(tmp_path / "missing.tflite", tmp_path / "out", BOARD, job=JOB)
    assert not (tmp_path / "out").exists()


def test_a_board_that_is_too_small_is_told(folder: Path, tmp_path: Path) -> None:
    (message,) = export(folder, tmp_path, "frdm_kl03z", job=JOB).messages
    assert message.startswith("FRDM-KL03Z has too little RAM: ")
    assert message.endswith(" of 2.0\u2009KB.")


def test_a_model_larger_than_the_flash_is_refused(shared: Path, tmp_path: Path) -> None:
    model = shared / "models" / "mlperf_kws_ref_int8.tflite"
    with pytest.raises(NotPossible, match="The model alone takes"):
        export_model(model, tmp_path / "out", "frdm_kl03z", job=JOB)
    assert not (tmp_path / "out").exists()


def test_a_board_that_runs_no_sketch_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotPossible, match="NDP100"):
        export(folder, tmp_path / "out", "ndp100", job=JOB)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "model", ["mlperf_kws_ref_int8", "mlperf_ad01_int8", "micro_speech_quantized", "trained_lstm_int8"]
)
def test_models_from_elsewhere_become_sketches(shared: Path, tmp_path: Path, model: str) -> None:
    place = export_model(shared / "models" / f"{model}.tflite", tmp_path, BOARD, job=JOB).value.folder
    assert (place / f"{place.name}.ino").is_file()
