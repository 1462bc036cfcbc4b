"""Every layer is probed alone, on all windows, with the very arithmetic of the device."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from workbench.compression.recipe import Recipe
from workbench.errors import NotPossible
from workbench.jobs import QuietJob
from workbench.operations.sensitivity import PROBES, sensitivity
from workbench.operations.sliders import Sliders, read_slider_data
from workbench.project.store import Project


def test_each_layer_is_changed_alone(trained: Path) -> None:
    found = sensitivity(trained, job=QuietJob()).value
    data = read_slider_data(trained, 1, job=QuietJob())
    sliders = Sliders(data)
    try:
        plain = sliders.try_recipe(Recipe(fine_tune_epochs=0)).compressed.evaluation
        first, *others = (layer.name for layer in found.layers)
        halved = Recipe(fine_tune_epochs=0, channels=0.5, exempt=tuple(others))
        by_hand = sliders.try_recipe(halved).compressed.evaluation
    finally:
        sliders.close()
    assert plain.accuracy is not None and by_hand.accuracy is not None
    assert found.quality == plain.accuracy
    assert found.windows == plain.count
    assert found.layers[0].name == first
    assert found.layers[0].drops["channels"] == plain.accuracy - by_hand.accuracy
    assert found.layers[-1].drops["channels"] is None, "the last layer keeps its outputs"
    for layer in found.layers:
        assert layer.sqnr_db > 30, "int8 with a scale for each channel"
        assert set(layer.drops) == {probe.id for probe in PROBES}
        if layer.bits_sqnr_db is not None:
            assert layer.bits_sqnr_db < layer.sqnr_db
    assert found.to_json()["layers"][0] == dataclasses.asdict(found.layers[0])


def test_nothing_is_probed_before_a_training(wave_project: Path) -> None:
    with Project.open(wave_project) as project:
        assert project.latest_run() is None
    with pytest.raises(NotPossible, match="Train one first"):
        sensitivity(wave_project, job=QuietJob())
