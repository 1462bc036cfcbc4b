"""Errors tell what, where and what to do."""

from __future__ import annotations

import pickle

from workbench.errors import BadInput, BadModel, NotPossible, PortError, WorkbenchError


def test_the_sentence_has_place_event_and_advice() -> None:
    error = BadModel("The file ends too early.", where="a.tflite", to_do="Convert it again.")
    assert str(error) == "a.tflite: The file ends too early. Convert it again."
    assert str(WorkbenchError("It failed.")) == "It failed."


def test_errors_survive_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(PortError("Gone.", where="/dev/ttyACM0", to_do="Plug it in.")))  # noqa: S301
    assert isinstance(error, PortError)
    assert (error.what, error.where, error.to_do) == ("Gone.", "/dev/ttyACM0", "Plug it in.")


def test_bad_input_ends_with_2_and_the_rest_with_1() -> None:
    assert (BadInput("x").exit_status, NotPossible("x").exit_status) == (2, 1)
