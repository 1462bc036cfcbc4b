"""What a search has found so far: one folder of the project, readable without Optuna while the search goes on."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.compression.pareto import dominates, pareto_front
from workbench.errors import BadProject, BadSetting
from workbench.files import write_atomically

FOLDER = "search"
_FOUND = "found.json"
_STATES = ("judged", "stopped", "too large", "failed")
_COSTS = ("flash", "ram", "latency")
TITLES = {"flash": "flash", "ram": "RAM", "latency": "latency"}
_MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class Trial:
    """One trial. ``quality`` is the validation accuracy or mean absolute error; figures are None where not known.

    ``state``: judged, stopped early, too large to be trained, or failed; ``note`` says why. ``taken`` is the variant
    that was made of it.
    """

    number: int
    state: str
    name: str
    candidate: dict[str, Any]
    quality: float | None = None
    flash: float | None = None
    ram: float | None = None
    latency: float | None = None
    energy: float | None = None
    fits: bool = False
    seconds: float = 0.0
    note: str = ""
    taken: int | None = None
    curve: tuple[float, ...] = ()  # best so far after each epoch, and the worth by fold: more is better
    by_fold: tuple[float, ...] = ()

    @property
    def can_be_taken(self) -> bool:
        """Whether it was tried to the end."""
        return self.state == "judged" and self.quality is not None

    @property
    def is_answer(self) -> bool:
        """Whether it is a model that could be taken."""
        return self.can_be_taken and self.fits


@dataclass(frozen=True)
class Found:
    """A search: for which board, how long it has run (s), and its trials; the first is the hand-made one.

    ``snapshot`` has the settings of windows, target and split that all trials were judged with.
    """

    name: str
    board: str
    task: str
    unit: str
    minutes: float
    spent_s: float = 0.0
    costs: tuple[str, ...] = _COSTS  # those that are known on this board
    snapshot: dict[str, Any] = field(default_factory=dict)
    trials: tuple[Trial, ...] = field(default=(), repr=False)

    def losses(self, trial: Trial) -> tuple[float, ...]:
        """What should be small: minus the accuracy, or the error; then the costs."""
        quality = math.inf if trial.quality is None else trial.quality
        costs = (getattr(trial, name) for name in self.costs)
        worth = -quality if self.task == "classification" and trial.quality is not None else quality
        return (worth, *(math.inf if cost is None else cost for cost in costs))

    @property
    def front(self) -> list[Trial]:
        """The trials that fit and that no other one beats in everything."""
        answers = [trial for trial in self.trials if trial.is_answer]
        return [answers[place] for place in pareto_front([self.losses(trial) for trial in answers])]

    @property
    def baseline(self) -> Trial | None:
        """The project's own settings, which every search tries first."""
        first = self.trials[0] if self.trials else None
        return first if first is not None and first.number == 0 and first.quality is not None else None

    def better_in(self, trial: Trial) -> list[str]:
        """In what a trial beats the hand-made one; empty when it is worse in anything."""
        if self.baseline is None or not dominates(self.losses(trial), self.losses(self.baseline)):
            return []
        names = ("accuracy" if self.task == "classification" else "error", *(TITLES[name] for name in self.costs))
        pairs = zip(names, self.losses(trial), self.losses(self.baseline), strict=True)
        return [name for name, own, base in pairs if own < base]

    @property
    def best(self) -> Trial | None:
        """The answer: the most accurate of those that beat the hand-made model in at least two figures and lose none.

        Without such, the most accurate that fits. Of equally accurate ones the smallest.
        """
        answers = self.front
        winners = [trial for trial in answers if len(self.better_in(trial)) >= 2]
        return min(winners or answers, key=self.losses, default=None)

    def with_trial(self, trial: Trial) -> Found:
        """The same with one more trial, or another state of one; in the order of their numbers."""
        others = [one for one in self.trials if one.number != trial.number]
        return dataclasses.replace(self, trials=tuple(sorted((*others, trial), key=lambda one: one.number)))

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        best = self.best
        return {
            **{info.name: getattr(self, info.name) for info in dataclasses.fields(self) if info.name != "trials"},
            "costs": list(self.costs),
            "trials": [dataclasses.asdict(trial) for trial in self.trials],
            "front": [trial.number for trial in self.front],
            "best": None if best is None else best.number,
        }


class SearchFolder:
    """The files of one search: what was found, and Optuna's journal."""

    def __init__(self, project: Path, name: str) -> None:
        self.path = project / FOLDER / name
        self.name = name

    @property
    def journal(self) -> Path:
        return self.path / "journal.log"

    def load(self) -> Found | None:
        """What was saved; None when nothing was. Raises BadProject when it cannot be read."""
        file = self.path / _FOUND
        if not file.is_file():
            return None
        try:
            if file.stat().st_size > _MOST_BYTES:
                raise BadSetting("too large")
            return _found(json.loads(file.read_bytes()), self.name)
        except (OSError, ValueError, TypeError, KeyError, RecursionError, BadSetting) as error:
            raise BadProject(
                "What the search has found cannot be read.", where=str(file), to_do="Start a new search."
            ) from error

    def save(self, found: Found) -> None:
        """Write it, whole or not at all."""
        write_atomically(self.path / _FOUND, json.dumps(found.to_json(), allow_nan=False).encode())

    def clear(self) -> None:
        """Forget the search."""
        for file in self.path.glob("*"):
            if file.is_file():
                file.unlink()


def latest_search(project: Path, board: str | None = None) -> Found | None:
    """The search of a project that was going on last, of any board or of one. Raises BadProject when it is damaged."""
    files = sorted((project / FOLDER).glob(f"*/{_FOUND}"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files:
        found = SearchFolder(project, file.parent.name).load()
        if found is not None and board in (None, found.board):
            return found
    return None


def _found(stored: Mapping[str, Any], name: str) -> Found:
    costs = tuple(cost for cost in _COSTS if cost in stored["costs"])
    return Found(
        name=name,
        board=str(stored["board"]),
        task=str(stored["task"]),
        unit=str(stored["unit"]),
        minutes=_number(stored["minutes"]),
        spent_s=_number(stored["spent_s"]),
        costs=costs,
        snapshot=dict(stored.get("snapshot", {})),
        trials=tuple(_trial(one) for one in _list(stored["trials"])),
    )


def _trial(stored: Mapping[str, Any]) -> Trial:
    if stored["state"] not in _STATES or not isinstance(stored["candidate"], dict):
        raise ValueError(str(stored["state"]))
    known = {name: None if stored[name] is None else _number(stored[name]) for name in ("quality", *_COSTS, "energy")}
    return Trial(
        number=int(stored["number"]),
        state=stored["state"],
        name=str(stored["name"]),
        candidate=stored["candidate"],
        **known,
        fits=bool(stored["fits"]),
        seconds=_number(stored["seconds"]),
        note=str(stored["note"]),
        taken=None if stored["taken"] is None else int(stored["taken"]),
        curve=tuple(_number(value) for value in _list(stored.get("curve", []))),
        by_fold=tuple(_number(value) for value in _list(stored.get("by_fold", []))),
    )


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no number")
    return number


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return value
