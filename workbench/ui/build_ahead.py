"""Loads and builds the pages before they are asked for, so that a first visit is as quick as the next."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer

from workbench.ui.background import Background
from workbench.ui.pages import Station

_START_MS = 300  # after the window: what it shows first comes first
_PAUSE_MS = 40  # between two pages, for what the person does meanwhile
# What pages import when they first draw.
_NEEDED_NEXT = (
    "pyqtgraph",
    "numpy.ma",
    "workbench.capture",
    "workbench.operations.fit_figures",
    "workbench.operations.history",
    "workbench.operations.settings",
)


class BuildAhead(QObject):
    """Modules are loaded in a thread; pages, which only the window's thread may build, one in a turn of its loop."""

    def __init__(self, places: Iterable[Station], build: Callable[[Station], Any], parent: QObject) -> None:
        super().__init__(parent)
        self._places = tuple(places)
        self._build = build
        self._loading = Background(self)
        self._loaded: list[Station] = []
        self._built = 0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_START_MS)
        self._later.timeout.connect(self._load)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(_PAUSE_MS)
        self._next.timeout.connect(self._build_one)

    @property
    def done(self) -> bool:
        """Whether every page has been built."""
        return self._built == len(self._places)

    def start(self) -> None:
        """Begin in a moment."""
        self._later.start()

    def stop(self) -> None:
        """The window closes."""
        self._later.stop()
        self._next.stop()
        self._loading.stop()

    def _load(self) -> None:
        for module in _NEEDED_NEXT:
            self._loading.ask(importlib.import_module, module, then=lambda _module: None, failed=_ignore)
        for place in self._places:
            take = partial(self._take, place)
            self._loading.ask(importlib.import_module, place.module, then=take, failed=_ignore)

    def _take(self, place: Station, _module: Any) -> None:
        self._loaded.append(place)
        if not self._next.isActive():
            self._next.start()

    def _build_one(self) -> None:
        self._build(self._loaded.pop(0))
        self._built += 1
        if self._loaded:
            self._next.start()
        if self.done:
            gc.freeze()  # hundreds of thousands of objects that stay: looking through them would stall the window


def _ignore(_error: Exception) -> None:
    """What cannot be loaded says so where it is needed."""
