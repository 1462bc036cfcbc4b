"""Short computations beside the window's thread, whose answers are never stale."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QThreadPool, Signal

T = TypeVar("T")


class Background(QObject):
    """Calls functions one after the other in a thread of its own.

    For milliseconds of pure computation and for reading files; what takes longer belongs to a child process, where
    it can be cancelled. After ``forget`` no answer of what was asked before arrives.
    """

    _answered = Signal(int, object)  # generation, and the call that tells it

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._generation = 0
        self._stopped = False
        self._awaited = 0
        self._answered.connect(self._pass_on)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._awaited > 0

    def ask(
        self,
        function: Callable[..., T],
        *args: Any,
        then: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Call ``function(*args)``; its result goes to ``then`` and its error to ``failed``, in the window's thread."""
        if not self._stopped:
            self._awaited += 1
            self._pool.start(functools.partial(self._call, self._generation, function, args, then, failed))

    def forget(self) -> None:
        """What was asked is not wanted any more."""
        self._generation += 1
        self._awaited = 0
        self._pool.clear()

    def stop(self) -> None:
        """The window closes: forget, take nothing more, and wait for the call under way."""
        self._stopped = True
        self.forget()
        self._pool.waitForDone()

    def _call(
        self,
        generation: int,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None] | None,
    ) -> None:
        if generation != self._generation:
            return
        try:
            told = functools.partial(then, function(*args))
        except Exception as error:  # an error of any kind belongs to the one who asked
            if failed is None:
                raise
            told = functools.partial(failed, error)
        if not self._stopped and shiboken6.isValid(self):
            self._answered.emit(generation, told)

    def _pass_on(self, generation: int, told: Callable[[], None]) -> None:
        if generation == self._generation:
            self._awaited -= 1
            told()
