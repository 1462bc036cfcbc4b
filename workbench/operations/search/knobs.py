"""What a search may turn, as data: a line a knob. Windows stay as they are, so that all trials answer the same ones."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workbench import fields
from workbench.compression.recipe import Recipe
from workbench.features.settings import FeatureSettings
from workbench.operations.search.settings import SearchSettings
from workbench.training.architectures import ARCHITECTURES
from workbench.training.settings import TrainingSettings

Value = bool | int | float | str
_NEAR = 0.3  # how far a knob is turned at once: a share of its value, or of its range


@dataclass(frozen=True)
class Candidate:
    """One model to try: everything that a training and its compression are made with."""

    training: TrainingSettings
    features: FeatureSettings
    recipe: Recipe

    def to_json(self) -> dict[str, dict[str, Any]]:
        """Plain data, each settings object under its name."""
        return {info.name: fields.to_json(getattr(self, info.name)) for info in dataclasses.fields(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Candidate:
        """What ``to_json`` gave; raises BadSetting for anything else."""
        return cls(
            training=fields.from_json(TrainingSettings, stored.get("training", {})),
            features=fields.from_json(FeatureSettings, stored.get("features", {})),
            recipe=fields.from_json(Recipe, stored.get("recipe", {})),
        )


class Suggests(Protocol):
    """The side of an Optuna trial that draws values."""

    def suggest_categorical(self, name: str, choices: Any) -> Any: ...

    def suggest_int(self, name: str, low: int, high: int, *, step: int, log: bool) -> int: ...

    def suggest_float(self, name: str, low: float, high: float, *, log: bool) -> float: ...


def _always(_values: Mapping[str, Value]) -> bool:
    return True


@dataclass(frozen=True)
class Knob:
    """One setting that varies: within ``low``..``high``, or among ``choices``.

    ``part`` is the field of a Candidate, ``group`` the switch of SearchSettings; ``applies`` sees the knobs above it.
    Where it does not apply it stands as in the project's settings, or ``otherwise`` when that would not go together.
    """

    group: str
    part: str
    field: str
    choices: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: int = 1
    log: bool = False
    whole: bool = False
    applies: Callable[[Mapping[str, Value]], bool] = _always
    otherwise: Value | None = None
    series_only: bool = False

    @property
    def name(self) -> str:
        return f"{self.part}.{self.field}"

    def widened(self, value: Value) -> Knob:
        """The same knob, which can be set to ``value`` too."""
        if self.choices:
            return self if value in self.choices else dataclasses.replace(self, choices=(*self.choices, value))
        number = float(value)
        low, high = min(self.low, number), max(self.high, number)
        step = 1 if (number - self.low) % self.step else self.step
        return dataclasses.replace(self, low=low, high=high, step=step)

    def takes(self, value: Value) -> bool:
        """Whether it can be turned so far."""
        return value in self.choices if self.choices else self.low <= float(value) <= self.high

    def beside(self, value: Value, chance: random.Random) -> Value:
        """Another value, near this one where values have an order."""
        if self.choices:
            return chance.choice([choice for choice in self.choices if choice != value])
        number, up = float(value), chance.random() < 0.5
        step = max(self.step if self.whole else 0.0, _NEAR * (number if self.log else self.high - self.low))
        step = round(step / self.step) * self.step if self.whole else step
        both = (min(max(number + way, self.low), self.high) for way in ((step, -step) if up else (-step, step)))
        moved = next((value for value in both if value != number), number)  # at a bound: the other way
        return int(moved) if self.whole else moved

    def suggest(self, trial: Suggests) -> Value:
        """Draw a value."""
        if self.choices:
            drawn: Value = trial.suggest_categorical(self.name, self.choices)
            return drawn
        if self.whole:
            return trial.suggest_int(self.name, int(self.low), int(self.high), step=self.step, log=self.log)
        return trial.suggest_float(self.name, self.low, self.high, log=self.log)


def _slides(values: Mapping[str, Value]) -> bool:
    return values.get("training.architecture") != "dense"


def _is_spectrum(values: Mapping[str, Value]) -> bool:
    return values.get("features.block") == "spectrum"


def _is_cut(values: Mapping[str, Value]) -> bool:
    return any(values.get(f"recipe.{name}") for name in ("channels", "sparsity", "clusters"))


def _is_int8(values: Mapping[str, Value]) -> bool:
    return values.get("recipe.quantization") == "int8"


def _is_tuned(values: Mapping[str, Value]) -> bool:
    return _is_cut(values) or bool(values.get("recipe.qat"))


KNOBS = (
    Knob("architecture", "training", "architecture", tuple(ARCHITECTURES)),
    Knob("features", "features", "block", ("raw", "statistics", "spectrum"), series_only=True),
    Knob(
        "features",
        "features",
        "spectrum_bins",
        low=8,
        high=48,
        log=True,
        whole=True,
        applies=_is_spectrum,
        series_only=True,
    ),
    Knob("architecture", "training", "layers", low=1, high=4, whole=True),
    Knob("architecture", "training", "width", low=4, high=40, log=True, whole=True),
    Knob("architecture", "training", "kernel", low=3, high=11, step=2, whole=True, applies=_slides),
    Knob("architecture", "training", "downsampling", ("pooling", "strides"), applies=_slides),
    Knob("training", "training", "learning_rate", low=5e-4, high=8e-3, log=True),
    Knob("training", "training", "dropout", low=0.0, high=0.5),
    Knob("training", "training", "augmentation", low=0.0, high=1.0),
    Knob("compression", "recipe", "channels", (0.0, 0.25, 0.5)),
    Knob("compression", "recipe", "sparsity", (0.0, 0.5)),
    Knob("compression", "recipe", "clusters", (0, 16)),
    Knob("compression", "recipe", "quantization", ("int8", "float32")),
    Knob("compression", "recipe", "qat", (False, True), applies=_is_int8, otherwise=False),
    Knob("compression", "recipe", "distillation", (False, True), applies=_is_cut),
    Knob("compression", "recipe", "fine_tune_epochs", (6, 20), applies=_is_tuned),
)


def knobs_for(settings: SearchSettings, base: Candidate, *, picture: bool) -> list[Knob]:
    """The knobs of a search that starts from ``base``, each of which can be set to what ``base`` has."""
    wanted = [knob for knob in KNOBS if getattr(settings, knob.group) and not (picture and knob.series_only)]
    return [knob.widened(getattr(getattr(base, knob.part), knob.field)) for knob in wanted]


def values_of(knobs: list[Knob], candidate: Candidate) -> dict[str, Value]:
    """How the knobs stand for a candidate."""
    values: dict[str, Value] = {}
    for knob in knobs:
        if knob.applies(values | _fixed(candidate, values)):
            values[knob.name] = getattr(getattr(candidate, knob.part), knob.field)
    return values


def draw(knobs: list[Knob], base: Candidate, trial: Suggests) -> Candidate:
    """Turn the knobs; everything else is as in ``base``."""
    values: dict[str, Value] = {}
    for knob in knobs:
        if knob.applies(values | _fixed(base, values)):
            values[knob.name] = knob.suggest(trial)
        elif knob.otherwise is not None:
            values[knob.name] = knob.otherwise
    return turned(base, values)


def beside(knobs: list[Knob], candidate: Candidate, chance: random.Random) -> Candidate:
    """The candidate with one knob turned a little."""
    values = values_of(knobs, candidate)
    knob = chance.choice([knob for knob in knobs if knob.name in values])
    return turned(candidate, {knob.name: knob.beside(values[knob.name], chance)})


def turned(base: Candidate, values: Mapping[str, Value]) -> Candidate:
    """``base`` with these values in place of its own."""
    parts = {}
    for info in dataclasses.fields(base):
        prefix = f"{info.name}."
        own = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
        parts[info.name] = dataclasses.replace(getattr(base, info.name), **own)
    return Candidate(**parts)


def _fixed(base: Candidate, values: Mapping[str, Value]) -> dict[str, Value]:
    """What decides whether other knobs apply, where it does not vary itself."""
    named = {"training.architecture": base.training.architecture, "features.block": base.features.block}
    return {name: value for name, value in named.items() if name not in values}


def in_words(candidate: Candidate) -> str:
    """Such as ``convolutional 3 × 16, kernel 5, raw; int8``."""
    training, features = candidate.training, candidate.features
    strides = ", strides" if training.downsampling == "strides" else ""
    kernel = f", kernel {training.kernel}{strides}" if training.architecture != "dense" else ""
    bins = f" {features.spectrum_bins}" if features.block == "spectrum" else ""
    network = f"{training.architecture} {training.layers} × {training.width}{kernel}"
    return f"{network}, {features.block}{bins}; {candidate.recipe.name}"
