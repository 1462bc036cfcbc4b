"""Pictures, folders, labels from folders, names and files of labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.errors import BadFile
from workbench.project.importers import ImportOptions, picture_file, read_any
from workbench.project.importers.label_files import label_in_name, read_labels

GREY = np.arange(48, dtype=np.uint8).reshape(6, 8)


def csv(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("1,2\n5,4\n3,4\n")


@pytest.mark.parametrize("suffix", [".png", ".bmp"])
def test_a_grey_picture_comes_as_it_is(tmp_path: Path, suffix: str) -> None:
    Image.fromarray(GREY).save(tmp_path / f"a{suffix}")
    (one,) = picture_file.read(tmp_path / f"a{suffix}", ImportOptions())
    assert one.is_picture
    assert (one.rate_hz, [channel.name for channel in one.channels]) == (None, ["grey"])
    np.testing.assert_array_equal(one.samples[:, :, 0], GREY)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "1", "LA", "I;16"])
def test_every_mode_becomes_grey_or_rgb(tmp_path: Path, mode: str) -> None:
    picture = Image.fromarray(GREY.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(GREY).convert(mode)
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    picture.save(path)
    (one,) = picture_file.read(path, ImportOptions())
    assert one.samples.shape == (6, 8, 1 if mode in ("1", "LA", "I;16") else 3)
    if mode == "I;16":
        np.testing.assert_array_equal(one.samples[:, :, 0], GREY)
    assert picture_file.read(path, ImportOptions(picture_colours="grey"))[0].samples.shape == (6, 8, 1)
    assert picture_file.read(path, ImportOptions(picture_colours="RGB"))[0].samples.shape == (6, 8, 3)


def test_pictures_can_be_cut_to_squares(tmp_path: Path) -> None:
    Image.fromarray(np.repeat(np.array([0, 100, 200, 0], np.uint8), 4)[None].repeat(8, 0)).save(tmp_path / "a.png")
    (one,) = picture_file.read(tmp_path / "a.png", ImportOptions(picture_side=2))
    assert one.samples[:, :, 0].tolist() == [[100, 200], [100, 200]]


def test_pictures_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(GREY).save(path)
    whole = path.read_bytes()
    for content in (b"", b"no picture", whole[:40], whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(BadFile, match="cannot be read"):
            picture_file.read(path, ImportOptions())


def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("1", (8000, 8000)).save(tmp_path / "a.png")  # a few kilobytes
    with pytest.raises(BadFile, match="too many"):
        picture_file.read(tmp_path / "a.png", ImportOptions(picture_side=8))
    Image.new("1", (3000, 2000)).save(tmp_path / "b.png")
    with pytest.raises(BadFile, match="smaller side"):
        picture_file.read(tmp_path / "b.png", ImportOptions())
    assert picture_file.read(tmp_path / "b.png", ImportOptions(picture_side=8))[0].samples.shape == (8, 8, 1)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("2024-12-01T162438_lunge", "lunge"),
        ("Lift.json.5vn1n33h.ingestion-76fbb", "Lift"),
        ("howAreYou_2020-07-01T01_26_00.687Z", "howAreYou"),
        ("jumping_jack_03", "jumping_jack"),
        ("left turn 5", "left turn"),
        ("0031", ""),
        ("squat", "squat"),
        ("Übung-1", "Übung"),
    ],
)
def test_the_label_in_a_name(name: str, label: str) -> None:
    assert label_in_name(name) == label


def test_labels_come_from_where_they_should(tmp_path: Path) -> None:
    root = tmp_path / "data"
    csv(root / "idle" / "a_1.csv")
    csv(root / "run" / "deep" / "b_2.csv")
    csv(root / "c_3.csv")

    def labels(**options: object) -> list[str]:
        imported = read_any(root, ImportOptions(rate_hz=10.0, **options))
        assert imported.problems == []
        return [one.label for one in sorted(imported.recordings, key=lambda one: one.name)]

    assert labels() == ["idle", "deep", "data"]
    assert labels(label_from="name") == ["a", "b", "c"]
    assert labels(label_from="given", label="x") == ["x", "x", "x"]
    assert labels(label_from="none") == ["", "", ""]
    (single,) = read_any(root / "c_3.csv", ImportOptions(rate_hz=10.0)).recordings
    assert (single.label, single.source) == ("", str(root / "c_3.csv"))


def test_everything_that_was_not_read_is_told(tmp_path: Path) -> None:
    csv(tmp_path / "a" / "good.csv")
    (tmp_path / "a" / "empty.npy").touch()
    (tmp_path / "a" / "broken.wav").write_bytes(b"RIFF")
    (tmp_path / "a" / "README.txt").write_text("Some words.\n")
    (tmp_path / "a" / "model.bin").write_bytes(b"x")
    (tmp_path / "a" / ".hidden.csv").write_bytes(b"x")
    imported = read_any(tmp_path, ImportOptions(rate_hz=10.0))
    assert [one.name for one in imported.recordings] == ["good"]
    told = "\n".join(imported.problems)
    assert len(imported.problems) == 3
    for part in ("empty.npy", "broken.wav", "format is not known: 1", "model.bin"):
        assert part in told


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "no such file" in read_any(tmp_path / "nowhere").problems[0]


def test_a_table_of_labels_is_followed(tmp_path: Path) -> None:
    csv(tmp_path / "run_1.csv")
    csv(tmp_path / "run_2.csv")
    csv(tmp_path / "idle_3.csv")
    (tmp_path / "labels.csv").write_text("file,label\nsub/run_1.csv,idle\nidle_3.csv,idle\n")
    assert read_labels(tmp_path / "labels.csv") == {"run_1.csv": "idle", "idle_3.csv": "idle"}
    imported = read_any(tmp_path, ImportOptions(rate_hz=10.0, label_from="name"))
    assert {one.name: one.label for one in imported.recordings} == {"run_1": "idle", "run_2": "run", "idle_3": "idle"}
    assert imported.problems == []  # "run" is no label of the table: names may say anything

    (tmp_path / "labels.csv").write_text("file,label\nrun_1.csv,idle\nrun_2.csv,run\n")
    imported = read_any(tmp_path, ImportOptions(rate_hz=10.0, label_from="name"))
    assert len(imported.problems) == 1
    assert "'idle' by the file of labels, 'run' by its name" in imported.problems[0]
    contradicted = next(one for one in imported.recordings if one.name == "run_1")
    assert "'run' by its name" in contradicted.notes


@pytest.mark.parametrize(
    "text", ["", "x,y\n1,2\n", "file,label", '"annotation_id","annotator"\n', "file,label\n\x00,\x00\n"]
)
def test_other_tables_are_no_labels(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert not read_labels(tmp_path / "a.csv")


def test_rows_that_are_left_out_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2\nERR sensor\n3,4\n5\n6,7\n")
    csv(tmp_path / "b.csv")
    imported = read_any(tmp_path, ImportOptions(rate_hz=10))
    (problem,) = imported.problems
    assert problem.startswith(f"{tmp_path / 'a.csv'}: lines left out because they are no rows of 2 values: 2")
