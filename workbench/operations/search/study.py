"""Optuna behind a search: what to try next, learnt from what was tried. Needs the extra ``search``."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.errors import BadProject, MissingExtra

_RANDOM_FIRST = 8


class Study:
    """A multi-objective study whose history is a journal file: a killed search goes on from it."""

    def __init__(self, journal: Path, *, maximize: bool, costs: int, seed: int) -> None:
        """``maximize``: whether quality is an accuracy; ``costs`` is how many figures shall become small."""
        optuna: Any = import_extra("optuna")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        storages = importlib.import_module("optuna.storages.journal")
        backend = storages.JournalFileBackend(str(journal), lock_obj=storages.JournalFileOpenLock(str(journal)))
        directions = ["maximize" if maximize else "minimize", *["minimize"] * costs]
        try:
            storage = optuna.storages.JournalStorage(backend)
            self._study = optuna.create_study(
                storage=storage, study_name="search", directions=directions, load_if_exists=True
            )
            self._states = optuna.trial.TrialState
            for trial in self._study.get_trials(deepcopy=False, states=(self._states.RUNNING,)):
                self._study.tell(trial.number, state=self._states.FAIL)  # its process is gone
        except Exception as error:  # the journal's parser raises whatever it meets
            raise BadProject(
                "The journal of this search cannot be read.", where=str(journal), to_do="Start a new search."
            ) from error
        self._study.sampler = optuna.samplers.TPESampler(
            n_startup_trials=_RANDOM_FIRST,
            seed=seed + self.count,
        )

    @property
    def count(self) -> int:
        """How many trials there are."""
        return len(self._study.get_trials(deepcopy=False))

    def propose(self, values: dict[str, Any]) -> None:
        """Have these values tried next."""
        self._study.enqueue_trial(values, skip_if_exists=True)

    def ask(self) -> Any:
        """A new trial, which suggests values."""
        return self._study.ask()

    def tell(self, trial: Any, values: Sequence[float], over: Sequence[float]) -> None:
        """A trial was judged: its quality and its costs, and by which share each cost lies over the board's limit."""
        _constrain(trial, over)
        self._study.tell(trial, list(values))

    def tell_out(self, trial: Any, over: Sequence[float]) -> None:
        """It cannot fit, or was stopped: nobody knows how good it would be, only that it is none to go on from."""
        _constrain(trial, over)
        self._study.tell(trial, state=self._states.PRUNED)

    def tell_failed(self, trial: Any) -> None:
        """Nothing came of it."""
        self._study.tell(trial, state=self._states.FAIL)


def _constrain(trial: Any, over: Sequence[float]) -> None:
    for number, share in enumerate(over):
        trial.set_constraint(str(number), share)


def import_extra(name: str) -> Any:
    """A package of the extra ``search``; MissingExtra says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtra(
            f"Searching needs the package {name}, which is not installed.",
            to_do='Install it: pip install "tinyml-workbench[search]".',
        ) from error
