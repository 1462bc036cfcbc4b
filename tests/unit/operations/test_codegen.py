"""Writing a model's C: whole, beside nothing of anybody else's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.cli import main
from workbench.errors import BadInput, NotSupported
from workbench.jobs import QuietJob
from workbench.operations.codegen import CodeWanted, write_code

AD01 = "models/mlperf_ad01_int8.tflite"


def test_files_are_replaced_and_leftovers_go(shared: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "c"
    files = write_code(shared / AD01, out, CodeWanted(), job=QuietJob()).value.files
    assert {path.name for path in out.iterdir()} == set(files)
    leftover = out / "model_old_kernel.c"
    leftover.write_bytes((out / "model.c").read_bytes())
    (out / "main.c").write_text("int main(void) { return 0; }\n")
    write_code(shared / AD01, out, CodeWanted(), job=QuietJob())
    assert {path.name for path in out.iterdir()} == {*files, "main.c"}


def test_a_foreign_file_is_not_touched(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "model.h").write_text("mine\n")
    with pytest.raises(BadInput, match="did not generate"):
        write_code(shared / AD01, tmp_path, CodeWanted(), job=QuietJob())
    assert [path.name for path in tmp_path.iterdir()] == ["model.h"]
    assert (tmp_path / "model.h").read_text() == "mine\n"


def test_nothing_is_written_for_what_has_no_kernel(shared: Path, tmp_path: Path) -> None:
    out = tmp_path / "c"
    with pytest.raises(NotSupported):
        write_code(shared / "models/hello_world_float.tflite", out, CodeWanted(), job=QuietJob())
    assert not out.exists()


def test_the_verb(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codegen", str(shared / AD01), "--out", str(tmp_path), "--prefix", "ad", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["arena_bytes"] <= 800
    assert (tmp_path / "ad.h").exists()
    assert main(["codegen", str(shared / AD01), "--out", str(tmp_path), "--prefix", "../x"]) == 2
