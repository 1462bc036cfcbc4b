"""Knobs draw candidates that the project's own settings are among."""

from __future__ import annotations

import random
from typing import Any

import pytest

from workbench import fields
from workbench.compression.recipe import Recipe
from workbench.features.settings import FeatureSettings
from workbench.operations.search.knobs import KNOBS, Candidate, beside, draw, in_words, knobs_for, turned, values_of
from workbench.operations.search.settings import SearchSettings
from workbench.training.settings import TrainingSettings

BASE = Candidate(TrainingSettings(width=100, dropout=0.7), FeatureSettings(), Recipe(channels=0.3))


class Last:
    """Suggests the last choice, or the highest value."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        self.asked.append(name)
        return choices[-1]

    def suggest_int(self, name: str, low: int, high: int, *, step: int, log: bool) -> int:
        self.asked.append(name)
        assert (high - low) % step == 0
        return high

    def suggest_float(self, name: str, low: float, high: float, *, log: bool) -> float:
        self.asked.append(name)
        return high


class Fixed:
    """Suggests given values, which must be within bounds."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        assert self._values[name] in choices
        return self._values[name]

    def suggest_int(self, name: str, low: int, high: int, *, step: int, log: bool) -> int:
        assert self._values[name] in range(low, high + 1, step)
        return int(self._values[name])

    def suggest_float(self, name: str, low: float, high: float, *, log: bool) -> float:
        assert low <= self._values[name] <= high
        return float(self._values[name])


def test_every_knob_turns_a_setting_within_its_bounds() -> None:
    for knob in KNOBS:
        for value in knob.choices or (
            int(knob.low) if knob.whole else knob.low,
            int(knob.high) if knob.whole else knob.high,
        ):
            candidate = turned(Candidate(TrainingSettings(), FeatureSettings(), Recipe()), {knob.name: value})
            fields.check(getattr(candidate, knob.part))


def test_the_projects_own_settings_can_be_drawn() -> None:
    knobs = knobs_for(SearchSettings(), BASE, picture=False)
    assert turned(BASE, values_of(knobs, BASE)) == BASE
    by_name = {knob.name: knob for knob in knobs}
    assert by_name["training.width"].high == 100
    assert by_name["training.dropout"].high == 0.7
    assert 0.3 in by_name["recipe.channels"].choices


def test_a_neighbour_has_one_other_setting_within_its_bounds() -> None:
    base = Candidate(TrainingSettings(), FeatureSettings(), Recipe(channels=0.25))
    knobs = knobs_for(SearchSettings(), base, picture=False)
    turned_knobs = set()
    chance = random.Random(1)
    for _ in range(200):
        near = beside(knobs, base, chance)
        before, after = values_of(knobs, base), values_of(knobs, near)
        (name,) = [name for name, value in before.items() if after.get(name, value) != value]
        turned_knobs.add(name)
        assert draw(knobs, near, Fixed(after)) == near
    assert turned_knobs == set(values_of(knobs, base))


def test_what_does_not_go_together_is_switched_off() -> None:
    base = Candidate(TrainingSettings(), FeatureSettings(), Recipe(qat=True))
    knobs = knobs_for(SearchSettings(), base, picture=False)
    floats = draw(knobs, base, Fixed(values_of(knobs, base) | {"recipe.quantization": "float32"}))
    assert floats.recipe.quantization == "float32"
    assert not floats.recipe.qat


def test_only_what_applies_is_drawn() -> None:
    trial = Last()
    drawn = draw(knobs_for(SearchSettings(), BASE, picture=False), BASE, trial)
    assert drawn.features.block == "spectrum"
    assert "features.spectrum_bins" in trial.asked
    assert ("training.kernel" in trial.asked) == (drawn.training.architecture != "dense")
    assert Candidate.from_json(drawn.to_json()) == drawn
    assert in_words(drawn).endswith(drawn.recipe.name)


@pytest.mark.parametrize(("switch", "part"), [("features", "features"), ("compression", "recipe")])
def test_what_is_switched_off_stays(switch: str, part: str) -> None:
    knobs = knobs_for(SearchSettings(**{switch: False}), BASE, picture=False)
    assert getattr(draw(knobs, BASE, Last()), part) == getattr(BASE, part)


def test_pictures_keep_their_features() -> None:
    assert not any(knob.part == "features" for knob in knobs_for(SearchSettings(), BASE, picture=True))
