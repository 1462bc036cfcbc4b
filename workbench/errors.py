"""The errors people can see.

WorkbenchError
├── BadInput            something from outside is broken: exit status 2
│   ├── BadFile         an imported file, picture or sound
│   ├── BadProject      a project folder
│   ├── BadModel        a .tflite or .keras file
│   ├── BadBoard        a board's TOML
│   └── BadSetting      a value out of its bounds, an unknown name
├── NotPossible         the request makes sense, but not here and now: exit status 1
│   ├── NotEnoughData   too few recordings, labels or groups for the step
│   ├── NotSupported    an operator, a layer or a board cannot do this
│   ├── PortError       a serial port that cannot be opened or went away
│   └── JobDied         a child process ended without an answer
└── MissingExtra        an optional package is not installed: exit status 1

Each says what happened, where, and what to do. They are shown inline on the page or as one line on
standard error, never as a traceback.
"""

from __future__ import annotations


class WorkbenchError(Exception):
    """Something a person has to know.

    ``what`` happened (one sentence), ``where`` (a file, a line, a setting; may be empty) and what
    ``to_do`` (one sentence; may be empty).
    """

    exit_status = 1

    def __init__(self, what: str, *, where: str = "", to_do: str = "") -> None:
        super().__init__(what, where, to_do)
        self.what = what
        self.where = where
        self.to_do = to_do

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.to_do}" if self.to_do else ""
        return f"{place}{self.what}{advice}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors travel from child processes; keyword arguments need a hand.
        return _rebuild, (type(self), self.what, self.where, self.to_do)


def _rebuild(kind: type[WorkbenchError], what: str, where: str, to_do: str) -> WorkbenchError:
    return kind(what, where=where, to_do=to_do)


class BadInput(WorkbenchError):
    """Something from outside is broken; nothing was changed."""

    exit_status = 2


class BadFile(BadInput):
    """An imported file cannot be read."""


class BadProject(BadInput):
    """A project folder cannot be opened."""


class BadModel(BadInput):
    """A model file is malformed."""


class BadBoard(BadInput):
    """A board description is malformed or unknown."""


class BadSetting(BadInput):
    """A setting is out of its bounds or unknown."""


class NotPossible(WorkbenchError):
    """The request makes sense, but not here and now."""


class NotEnoughData(NotPossible):
    """There are too few recordings, labels or groups for this step."""


class NotSupported(NotPossible):
    """An operator, a layer or a board cannot do this."""


class PortError(NotPossible):
    """A serial port cannot be opened or went away."""


class JobDied(NotPossible):
    """A child process ended without an answer."""


class MissingExtra(WorkbenchError):
    """An optional package is not installed."""
