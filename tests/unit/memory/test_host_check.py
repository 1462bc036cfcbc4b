"""TensorFlow Lite Micro itself on this computer: figures labelled as what they are, and one message where it cannot."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from workbench.cli import main
from workbench.errors import MissingExtra, NotSupported
from workbench.graph.read import read_graph
from workbench.jobs import QuietJob
from workbench.memory.host_check import LABEL, HostCheck, host_check
from workbench.operations.host_check import check_on_host, in_words

installed = pytest.mark.skipif(importlib.util.find_spec("tflite_micro") is None, reason="no wheel for this machine")


@installed
def test_the_planned_part_is_what_the_rules_give(shared: Path) -> None:
    found = check_on_host(shared / "models" / "mlperf_kws_ref_int8.tflite", job=QuietJob())
    assert (found.used, found.planned, found.tail) == (24272, 16000, 8272)
    assert found.agrees
    assert dict(found.parts)["NodeAndRegistration struct"] == 832
    said = in_words(found)
    assert LABEL in said
    assert "24,272" in said
    assert found.to_json()["note"] == LABEL


@installed
def test_what_it_refuses_is_said_in_its_words(files: ModuleType) -> None:
    data = files.build(files.G([files.T((4,)), files.T((4,))], [files.Op("HashTable", [0], [1])], [0], [1]))
    with pytest.raises(NotSupported, match="refuses the model: Failed to get registration"):
        host_check(data, read_graph(data))


def test_without_the_package_one_message_names_the_extra(monkeypatch: pytest.MonkeyPatch, files: ModuleType) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    data = files.build(files.G([files.T((4,)), files.T((4,))], [files.Op("RELU", [0], [1])], [0], [1]))
    with pytest.raises(MissingExtra, match=r"tinyml-workbench\[dev\]"):
        host_check(data, read_graph(data))


def test_a_disagreement_is_said() -> None:
    found = HostCheck("1", 200, 100, 100, (), predicted_planned=96)
    assert found.agrees is False
    assert "give 96" in in_words(found)
    assert "no rule" in in_words(HostCheck("1", 200, 100, 100, (), None))


@installed
def test_the_command_line_shows_it_beside_the_boards_arena(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = str(shared / "models" / "mlperf_kws_ref_int8.tflite")
    assert main(["memory", model, "--engine", "tflm", "--host-check", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["arena"]["used"] == 22772
    assert said["host_check"]["used"] == 24272
    assert said["host_check"]["agrees"]
    assert "never the board's arena" in said["host_check"]["note"]
