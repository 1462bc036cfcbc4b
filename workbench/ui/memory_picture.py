"""The middle of the memory page: what fits in words, flash and RAM as address maps, arena and network."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from workbench import settings
from workbench.operations.fit_figures import verdict
from workbench.quantities import exact_bytes, short_bytes, unbroken
from workbench.ui import theme
from workbench.ui.core_view import CoreView
from workbench.ui.energy_view import EnergyView
from workbench.ui.memory_scene import MemoryScene
from workbench.ui.widgets.arena_view import ArenaView
from workbench.ui.widgets.graph_view import GraphView
from workbench.ui.widgets.memory_map import MemoryMap
from workbench.ui.widgets.region_bars import RegionBars
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.share_bar import Share, ShareBar

# What is shown; core and energy take the room of the maps too.
_VIEWS = {
    "Arena": ("arena",),
    "Network": ("network",),
    "Both": ("arena", "network"),
    "Core": ("core",),
    "Energy": ("energy",),
}
_WHOLE = ("Core", "Energy")
_SHARES = [2000, 1000]  # of arena and network where both are shown; Qt scales them to the room there is
_VIEW_KEPT = "memory.view"
_SMALLEST_SHARE = 0.01  # of the arena; what is smaller is summed up
_DIMMED = 0.4
_NARROW = 880  # px
_ROOM_FOR_THREE = 900  # px: maps, arena and network


class MemoryPicture(QWidget):
    """Shows a scene; ``memory_lights.py`` lights its parts up."""

    def __init__(self) -> None:
        super().__init__()
        self.scene: MemoryScene | None = None
        self.subgraph = 0
        self.heading = _label("title")
        self.sentence = _label("", wraps=True)
        self.advice = _label("muted", wraps=True)
        self.flash_map = MemoryMap("FLASH")
        self.ram_map = MemoryMap("RAM")
        self.regions_heading = _label("muted")
        self.regions = RegionBars()
        self.regions_heading.setText("Other RAM")
        self.regions_heading.setToolTip("An arena lies in one piece, so only regions that adjoin count together")
        self.arena_heading = _label("")
        self.arena_heading.setTextFormat(Qt.TextFormat.RichText)
        self.views = Segmented(list(_VIEWS))
        self.views.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.arena = ArenaView()
        self.network = GraphView()
        self.tail = ShareBar("What the arena is made of")
        self.core = CoreView()
        self.energy = EnergyView()
        self._maps = QWidget()
        self._rule = QFrame()  # between the maps and what is beside them
        self._both = QSplitter(Qt.Orientation.Horizontal)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._dim = QGraphicsOpacityEffect(self)
        self._dim.setOpacity(_DIMMED)
        self._dim.setEnabled(False)
        self._lay_out()
        self.views.chosen.connect(self._switch_view)
        remembered = settings.preference(_VIEW_KEPT, "Arena")
        self._show_view(list(_VIEWS).index(remembered) if remembered in _VIEWS else 0)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        for label in (self.heading, self.sentence, self.advice):
            column.addWidget(label)
        body = QWidget()
        body.setGraphicsEffect(self._dim)
        row = QHBoxLayout(body)
        row.setContentsMargins(0, theme.GRID, 0, 0)
        row.setSpacing(2 * theme.GRID)
        maps = QVBoxLayout(self._maps)
        maps.setContentsMargins(0, 0, 0, 0)
        maps.setSpacing(2 * theme.GRID)
        maps.addWidget(self.flash_map, 1)
        maps.addWidget(self.ram_map, 1)
        others = QVBoxLayout()
        others.setSpacing(theme.GRID // 2)
        others.addWidget(self.regions_heading)
        others.addWidget(self.regions)
        maps.addLayout(others)
        row.addWidget(self._maps)
        self._rule.setProperty("role", "edge")
        self._rule.setFixedWidth(1)
        row.addWidget(self._rule)
        row.addLayout(self._middle(), 1)
        column.addWidget(body, 1)

    def _middle(self) -> QVBoxLayout:
        middle = QVBoxLayout()
        middle.setSpacing(theme.GRID)
        self._top.addWidget(self.arena_heading, 1)
        self._top.addWidget(self.views)
        middle.addLayout(self._top)
        self._both.setChildrenCollapsible(False)
        self._both.addWidget(self.arena)
        self._both.addWidget(self.network)
        self._both.setStretchFactor(0, 2)
        self._both.setStretchFactor(1, 1)
        middle.addWidget(self._both, 1)
        middle.addWidget(self.core, 1)
        middle.addWidget(self.energy, 1)
        middle.addWidget(self.tail)
        return middle

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room beside the heading, what is shown is chosen below it."""
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._top.setDirection(way)
        self.arena_heading.setWordWrap(narrow)
        self._show_maps()

    # --- content -----------------------------------------------------------------------------------

    def show_scene(self, scene: MemoryScene, board_name: str) -> None:
        """Show a scene and the main graph of its network."""
        memory = scene.report
        self.scene, self.subgraph = scene, 0
        self._dim.setEnabled(False)
        self.heading.setText(f"{scene.variant} on {board_name}")
        self._say(verdict(memory), "good" if memory.fits else "bad")
        words = [*filter(None, [scene.saving()]), *scene.advice]
        self.advice.setText(unbroken("\n".join(words)))
        self.advice.setVisible(bool(words))
        self.flash_map.show_blocks(scene.flash, memory.flash.limit)
        self.ram_map.show_blocks(scene.ram, memory.ram.limit, memory.ram.made_of)
        self.regions_heading.setVisible(bool(memory.ram.elsewhere))
        self.regions.show_regions(memory.ram.elsewhere)
        self.recolour()

    def wait(self, words: str) -> None:
        """Say what is being computed; what is seen is of before and steps back."""
        self.scene = None
        self._say(words, "muted")
        self.advice.hide()
        self._dim.setEnabled(True)

    def _say(self, words: str, role: str) -> None:
        self.sentence.setText(unbroken(words))
        self.sentence.setProperty("role", role)
        self.sentence.style().polish(self.sentence)

    def show_subgraph(self, number: int) -> None:
        """Show the network of one subgraph; the arena is of all."""
        if self.scene is not None and number != self.subgraph:
            self.subgraph = number
            self._show_network()

    def _show_network(self) -> None:
        """Laying a large network out takes a while, so it is done for those who look at it."""
        shown = self.scene is not None and not self.network.isHidden()
        self.network.show_graph(*(self.scene.network(self.subgraph) if self.scene and shown else ((), ())))

    def recolour(self) -> None:
        """Draw in the colours of the theme in use."""
        self.energy.recolour()
        if self.scene is None:
            return
        arena, muted = self.scene.report.arena, theme.now().muted
        self.arena.show_drawing(self.scene.drawing())
        self._show_network()
        parts = [(arena.required, "needed"), (arena.planned, "planned"), (arena.live_set, "alive at once")]
        if arena.planned == arena.required:
            del parts[1]
        self.arena_heading.setText(
            f"<b style='color:{muted}'>ARENA</b>&nbsp; "
            + ", ".join(f"{short_bytes(size)} <span style='color:{muted}'>{what}</span>" for size, what in parts)
        )
        self.arena_heading.setToolTip(
            f"{exact_bytes(arena.required)} is the smallest arena that works; "
            f"arena_used_bytes() on the board says {exact_bytes(arena.used)}."
        )
        shares = [Share("tensors", arena.planned, theme.series_colour(0))]
        kinds = sorted(arena.by_kind.items(), key=lambda entry: -entry[1])[: len(theme.OKABE_ITO) - 1]
        shares += [Share(name, size, theme.series_colour(number)) for number, (name, size) in enumerate(kinds, start=1)]
        shares = [share for share in shares if share.bytes >= _SMALLEST_SHARE * arena.required]
        rest = arena.required - sum(share.bytes for share in shares)
        shares.append(Share("the rest", rest, QColor(theme.now().edge)))
        self.tail.show_shares(shares)
        self._show_tail()

    def show_core(self) -> None:
        """Bring what the model does on the core into view."""
        self._show_view(list(_VIEWS).index("Core"))

    def show_energy(self) -> None:
        """Bring what predictions take of a battery into view."""
        self._show_view(list(_VIEWS).index("Energy"))

    def show_maps(self) -> None:
        """Bring flash and RAM into view."""
        if self._view in _WHOLE:
            self._show_view(0)

    # --- arena, network, both, the core or energy --------------------------------------------------

    def _switch_view(self, place: int) -> None:
        settings.remember(_VIEW_KEPT, list(_VIEWS)[place])
        self._show_view(place)

    def _show_view(self, place: int) -> None:
        self.views.choose(place)
        for name in ("arena", "network", "core", "energy"):
            getattr(self, name).setVisible(name in _VIEWS[self._view])
        self._both.setHidden(self._view in _WHOLE)
        self._both.setSizes(_SHARES)
        self._show_network()
        self._show_maps()
        self._show_tail()

    def _show_maps(self) -> None:
        """Beside what takes their room, and beside two pictures in a small window, there is none for them."""
        crowded = len(_VIEWS[self._view]) > 1 and self.width() < _ROOM_FOR_THREE
        for widget in (self._maps, self._rule):
            widget.setHidden(self._view in _WHOLE or crowded)

    @property
    def _view(self) -> str:
        return list(_VIEWS)[self.views.current]

    def _show_tail(self) -> None:
        """Plain C keeps nothing but the plan, so its arena has no other parts."""
        parts = self.scene.report.arena.by_kind if self.scene is not None else {}
        self.tail.setVisible(bool(parts) and self._view not in _WHOLE)


def _label(role: str, *, wraps: bool = False) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setWordWrap(wraps)
    return label
