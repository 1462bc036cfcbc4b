"""``workbench verify``: generated, compiled, emulated, compared."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from workbench import cli
from workbench.codegen.generated import Generated
from workbench.errors import BadFile, BadModel, BadSetting, MissingExtra, NotPossible
from workbench.jobs import QuietJob
from workbench.operations.cycle_factor import cycle_factor, remember_cycle_factor
from workbench.operations.verify import WINDOWS, verify_model
from workbench.operations.verify_wanted import Verify
from workbench.project.store import Project
from workbench.target import reference
from workbench.training.prepare import prepare_again

GIVEN = np.arange(-128, 128, dtype=np.int8).reshape(1, 256)


@pytest.fixture
def model(files: ModuleType, tmp_path: Path) -> Path:
    """RELU, then RELU6, over 256 values."""
    given, made = (files.T((1, 256), scales=(scale,), zero_point=zero) for scale, zero in ((0.05, -3), (0.04, 5)))
    operators = [files.Op("RELU", [0], [1]), files.Op("RELU6", [1], [2])]
    path = tmp_path / "relu.tflite"
    path.write_bytes(files.build(files.G([given, made, made], operators, [0], [2])))
    return path


def test_a_network_is_bit_exact_and_its_parts_add_up(model: Path) -> None:
    found = verify_model(model, Verify(core="cortex-m4"), job=QuietJob())
    assert found.bit_exact is True and found.windows == 20 and found.against and found.windows_from == "random bytes"
    assert [step.name for step in found.per_operator] == ["RELU", "RELU6", "between the steps"]
    assert sum(step.instructions for step in found.per_operator) == found.instructions
    assert sum(step.cycles for step in found.per_operator) == pytest.approx(found.cycles)
    assert found.instructions < found.cycles_low < found.cycles < found.cycles_high
    assert found.flash.weights == 512 and found.flash.code > 100 and found.ram.arena == 256 and found.ram.stack > 0


def test_the_command_line_runs_one_input_and_keeps_the_answer(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, answer = tmp_path / "in.npy", tmp_path / "out.npy"
    np.save(given, GIVEN)
    arguments = ["--core", "cortex-m0plus", "--option", "size", "--input", str(given), "--output", str(answer)]
    assert cli.main(["verify", str(model), *arguments, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert {"bit_exact", "windows", "instructions", "cycles", "flash", "ram", "per_operator"} <= data.keys()
    assert data["bit_exact"] is True and data["windows"] == 1 and data["option"] == "size"
    assert data["flash"]["total"] == sum(data["flash"][part] for part in ("code", "weights", "constants"))
    wanted = np.clip(np.rint((GIVEN.astype(float) + 3) * 0.05 / 0.04), 0, 122) + 5
    assert np.abs(np.load(answer) - wanted).max() <= 1


@pytest.mark.parametrize("content", [b"no array", np.zeros(3, np.int8), GIVEN.astype(np.float32), np.array([{}])])
def test_an_input_that_does_not_suit_is_told(content: object, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "in.npy"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        np.save(path, content, allow_pickle=True)
    with pytest.raises(BadFile, match=r"in\.npy"):
        verify_model(model, Verify(core="cortex-m4", input_file=path), job=QuietJob())


@pytest.mark.skipif(importlib.util.find_spec("tflite_micro") is None, reason="no tflite_micro")
def test_a_reference_that_differs_is_found(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = reference._microcontroller_runtime

    def wrong(content: bytes, generated: Generated) -> reference.Reference:
        answer = right(content, generated)
        return lambda inputs: (b"\x07" + answer(inputs)[0][1:],)

    monkeypatch.setattr(reference, "_microcontroller_runtime", wrong)
    found = verify_model(model, Verify(core="cortex-m4"), job=QuietJob())
    assert found.bit_exact is False
    assert "window 1, output 1: 1 of 256 bytes differ, the first at 0: " in found.difference
    assert found.difference.endswith("instead of 7")


def test_without_tflite_micro_the_host_build_is_the_reference(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *r: None if name == "tflite_micro" else find(name, *r)
    )
    found = verify_model(model, Verify(core="cortex-m4"), job=QuietJob())
    assert found.bit_exact is True and "on this computer" in found.against


def test_a_core_the_emulator_lacks_says_what_ran_instead(model: Path) -> None:
    found = verify_model(model, Verify(board="esp32_s3"), job=QuietJob())
    assert found.core == "xtensa-lx7" and "RISC-V" in found.note
    assert found.cycles_high > 3 * found.cycles_low


def test_a_measured_board_corrects_the_cycles(model: Path) -> None:
    before = verify_model(model, Verify(board="pico"), job=QuietJob())
    assert cycle_factor("pico") is None
    remember_cycle_factor("pico", measured=3.0, modelled=2.0)
    after = verify_model(model, Verify(board="pico"), job=QuietJob())
    assert after.cycles == pytest.approx(1.5 * before.cycles)
    assert after.cycles_high / after.cycles_low < before.cycles_high / before.cycles_low


def test_bad_input_has_one_message(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(b"TFL3")
    with pytest.raises(BadModel, match="broken"):
        verify_model(broken, Verify(core="cortex-m4"), job=QuietJob())
    with pytest.raises(BadSetting, match="cortex-m9"):
        verify_model(model, Verify(core="cortex-m9"), job=QuietJob())
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *r: None if name == "unicorn" else find(name, *r))
    with pytest.raises(MissingExtra, match=r"\[target\]"):
        verify_model(model, Verify(core="cortex-m4"), job=QuietJob())


def test_a_project_is_verified_on_windows_of_its_test_split(compressed: tuple[Path, int]) -> None:
    folder, int8 = compressed
    with Project.open(folder) as project:
        variant = project.variant(int8)
        assert variant.run_id is not None
        taken = prepare_again(project, project.run(variant.run_id)).inputs("test")
    found = verify_model(folder, Verify(core="cortex-m4", variant_id=int8), job=QuietJob())
    assert found.bit_exact is True, found.difference
    assert found.windows == min(WINDOWS, len(taken)) > 0 and found.windows_from == "the test split"


def test_a_project_without_a_model_says_so(wave_project: Path) -> None:
    with pytest.raises(NotPossible, match="no model yet"):
        verify_model(wave_project, Verify(core="cortex-m4"), job=QuietJob())
