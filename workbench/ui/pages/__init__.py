"""The pages of the window: the stations in the order of the work, and two beside them.

A page is loaded when it is first shown, or before, while the window has nothing else to do.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.ui.pages.page import Page
    from workbench.ui.session import Session


@dataclass(frozen=True)
class Station:
    """One entry of the rail: ``page`` is ``module:class``, ``glyph`` a name in ``widgets/glyphs.py``."""

    id: str
    title: str
    glyph: str
    page: str
    tip: str

    @property
    def module(self) -> str:
        """The name of the module that the page stands in."""
        return self.page.partition(":")[0]

    def make(self, session: Session) -> Page:
        """Load and build the page."""
        page: Page = getattr(importlib.import_module(self.module), self.page.partition(":")[2])(session)
        return page


WELCOME = Station("welcome", "Welcome", "home", "workbench.ui.pages.welcome:WelcomePage", "Samples and recent projects")
BOARDS = Station("boards", "Boards", "device", "workbench.ui.pages.boards:BoardsPage", "Facts and boards of your own")

STATIONS = (
    Station(
        "capture", "Capture", "capture", "workbench.ui.pages.capture:CapturePage", "Record sensor data, or import it"
    ),
    Station("label", "Label", "label", "workbench.ui.pages.label:LabelPage", "Say what happens when in a recording"),
    Station(
        "features",
        "Features",
        "features",
        "workbench.ui.pages.features:FeaturesPage",
        "Cut windows and compute what the model sees",
    ),
    Station("train", "Train", "train", "workbench.ui.pages.train:TrainPage", "Train a small model and look at it"),
    Station(
        "compress",
        "Compress",
        "compress",
        "workbench.ui.pages.compress:CompressPage",
        "Prune and quantize until it fits",
    ),
    Station("memory", "Memory", "memory", "workbench.ui.pages.memory:MemoryPage", "See where flash and RAM go"),
    Station("export", "Export", "export", "workbench.ui.pages.export:ExportPage", "Write the firmware folder"),
)
