"""A project keeps what it is given, and gives it back after it was closed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from workbench.errors import BadProject, BadSetting, NotPossible
from workbench.fields import setting
from workbench.project import Channel, Project, ProjectSettings
from workbench.project.model import Gap
from workbench.project.pictures import colour_channels, write_pictures


@dataclasses.dataclass(frozen=True)
class Knobs:
    gain: float = setting(1.0, help="A number.", low=0.0, high=10.0)


RUN = {
    "title": "dense",
    "task": "classification",
    "classes": ("down", "up"),
    "target_unit": "",
    "settings": {"Knobs": {"gain": 2.0}},
    "input_shape": (10, 2),
    "parameters": 42,
    "split": {"by": "recording", "train": 8},
    "features": {"block": "raw"},
    "history": {"loss": [1.0, 0.1 + 0.2]},
    "evaluation": {"accuracy": 0.9},
    "model": b"keras",
}
VARIANT = {
    "name": "int8",
    "recipe": {"sparsity": 0.5},
    "model": b"TFL3",
    "quantization": "int8",
    "sparsity": 0.49,
    "evaluation": {"accuracy": 0.88},
    "runs_on_boards": True,
}


GAPS = (Gap(0, 25), Gap(400, 1))


def test_a_recording_comes_back_as_it_was(project: Project, add_series) -> None:
    values = np.random.default_rng(1).normal(size=(1000, 3)).astype(np.float32)
    key = add_series(
        project, values, metadata={"subject": "Zoë"}, source="a.csv", notes="truncated", created="2026", gaps=GAPS
    )
    project.close()
    with Project.open(project.folder) as again:
        recording = again.recording(key)
        assert again.name == "A project"
        assert recording.channels == (Channel("c0", "g"), Channel("c1", "g"), Channel("c2", "g"))
        assert (recording.label, recording.metadata, recording.source) == ("up", {"subject": "Zoë"}, "a.csv")
        assert (recording.notes, recording.created, recording.seconds) == ("truncated", "2026", 20.0)
        assert recording.gaps == GAPS
        assert again.samples(recording).dtype == np.float32
        np.testing.assert_array_equal(again.samples(recording), values)
        np.testing.assert_array_equal(again.samples(recording, 10, 15), values[10:15])
        assert again.samples(recording, 990, 2000).shape == (10, 3)
        assert again.samples(recording, 5, 5).shape == (0, 3)


def test_pictures_share_a_file_and_come_back_one_by_one(project: Project) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (200, 6, 5, 3), np.uint8)
    file = project.new_samples_file(keep_after_crash=False)
    write_pictures(project.path(file), ((f"p{n}", "cat", one) for n, one in enumerate(pixels)))
    with project.step("Add"):
        keys = [
            project.add_recording(
                name=f"p{n}",
                kind="picture",
                channels=colour_channels(3),
                rate_hz=None,
                rows=1,
                file=file,
                first_row=n,
                shape=(6, 5, 3),
            )
            for n in range(200)
        ]
    for index in (199, 0, 64):
        recording = project.recording(keys[index])
        assert (recording.kind, recording.seconds, recording.shape) == ("picture", None, (6, 5, 3))
        np.testing.assert_array_equal(project.samples(recording), pixels[index])


def test_labels_of_recordings_and_segments_are_listed_once(project: Project, add_series) -> None:
    first = add_series(project, label="walk")
    add_series(project, label="")
    with project.step("Label"):
        project.add_segment(first, 2, 5, "run")
        project.add_segment(first, 5, 7, "walk")
    assert project.recording_labels() == ["run", "walk"]


def test_settings_are_defaults_until_saved(project: Project) -> None:
    assert project.settings(Knobs) == Knobs()
    with project.step("Turn"):
        project.save_settings(Knobs(gain=2.5))
        project.save_settings(Knobs(gain=3.5))
    assert project.settings(Knobs) == Knobs(gain=3.5)
    with pytest.raises(BadSetting), project.step("Turn"):
        project.save_settings(Knobs(gain=11.0))
    assert project.settings(Knobs) == Knobs(gain=3.5)


def test_runs_and_variants_with_their_files(project: Project) -> None:
    assert project.latest_run() is None
    assert project.current_variant() is None
    with project.step("Train"):
        run_id = project.add_run(**RUN)
    with project.step("Compress"):
        first = project.add_variant(run_id, **VARIANT)
        second = project.add_variant(run_id, **VARIANT | {"name": "float32"})
    run = project.run(run_id)
    assert run == project.latest_run()
    assert (run.classes, run.input_shape, run.settings) == (("down", "up"), (10, 2), {"Knobs": {"gain": 2.0}})
    assert run.history == {"loss": [1.0, 0.1 + 0.2]}  # to the last bit
    assert project.path(run.model_file).read_bytes() == b"keras"
    assert [one.current for one in project.variants(run_id)] == [False, True]
    with project.step("Choose"):
        project.set_current_variant(first)
    assert project.current_variant().id == first
    assert project.variant(second).file_bytes == 4
    assert project.path(project.variant(second).model_file).read_bytes() == b"TFL3"


def test_the_test_split_is_used_once(project: Project) -> None:
    with project.step("Train"):
        variant = project.add_variant(project.add_run(**RUN), **VARIANT)
    with project.step("Report"):
        project.save_test(variant, {"accuracy": 0.8})
    with pytest.raises(NotPossible, match="honest"), project.step("Report"):
        project.save_test(variant, {"accuracy": 0.99})
    assert project.variant(variant).test == {"accuracy": 0.8}


def test_an_error_inside_a_step_changes_nothing(project: Project, add_series) -> None:
    key = add_series(project)
    with pytest.raises(ValueError, match="stop"), project.step("Half"):
        project.update_recording(key, label="down")
        project.add_segment(key, 0, 5, "x")
        raise ValueError("stop")
    assert project.recording(key).label == "up"
    assert project.segments() == []
    assert project.undo_title == "Add"


@pytest.mark.parametrize("table", ["recording", "segment", "run", "variant"])
def test_an_unknown_id_is_told(project: Project, table: str) -> None:
    with pytest.raises(BadSetting, match=f"no {table} 99"):
        getattr(project, table)(99)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "samples/../../x", "", "a\\..\\b"])
def test_no_path_leads_out_of_the_project(project: Project, path: str) -> None:
    with pytest.raises(BadProject, match="not inside"):
        project.path(path)


def test_a_link_does_not_lead_out_either(project: Project, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (project.folder / "samples" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(BadProject, match="not inside"):
        project.path("samples/link")


def test_two_processes_may_have_it_open(project: Project, add_series) -> None:
    key = add_series(project)
    with Project.open(project.folder) as other:
        assert other.undo_title == "Add"  # only the first one starts with nothing to undo
        with other.step("Relabel"):
            other.update_recording(key, label="down")
    assert project.recording(key).label == "down"
    assert project.undo() == {"recordings"}
    assert project.recording(key).label == "up"


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(BadProject, match="not empty"):
        Project.create(tmp_path, "x")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(BadSetting):
        Project.create(tmp_path / "new", "  ")
    assert not (tmp_path / "new").exists()


def test_the_samples_are_read_only(samples: Path) -> None:
    folder = samples / "shoulder_exercises"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    with Project.open(folder) as project:
        assert len(project.samples(project.recordings()[0]))
        with pytest.raises(NotPossible, match="read-only"), project.step("Change"):
            project.save_settings(ProjectSettings(board="pico"))
        with pytest.raises(NotPossible, match="read-only"):
            project.new_samples_file(keep_after_crash=True)
        with pytest.raises(NotPossible, match="read-only"):
            project.undo()
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_a_given_model_is_kept_with_its_variants(project: Project) -> None:
    assert project.given_model is None
    with project.step("Open model"):
        given = project.keep_given_model("kws.tflite", "/downloads/kws.tflite", "ab" * 32, b"model")
        variant = project.add_variant(
            None, name="int8", recipe={}, model=b"TFL3", quantization="int8", sparsity=0.0, evaluation={},
            runs_on_boards=True,
        )  # fmt: skip
    project.close()
    with Project.open(project.folder) as again:
        assert again.given_model == given
        assert not given.is_keras
        assert again.path(given.file).read_bytes() == b"model"
        assert [one.id for one in again.given_variants()] == [variant]
        current = again.current_variant()
        assert current is not None
        assert current.run_id is None
