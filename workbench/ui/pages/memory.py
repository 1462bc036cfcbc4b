"""The memory page: where flash and RAM of the board go, and how the arena fills over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from workbench import settings
from workbench.errors import NotPossible, WorkbenchError
from workbench.memory.fit import engines_for, usual_engine
from workbench.memory.own_firmware.read import is_firmware
from workbench.memory.use import MemoryUse
from workbench.operations.firmware_budget import read_firmware_budget
from workbench.operations.fit_figures import verdict
from workbench.operations.memory import save_plan
from workbench.operations.settings import change_settings
from workbench.project.settings import ProjectSettings
from workbench.quantities import exact_bytes, kilobytes, quantity
from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.memory_scene import MemoryScene, OperatorRow, TensorRow, make_scene, operator_key, shape_words
from workbench.ui.memory_sheet import save_arena, save_sheet
from workbench.ui.pages.page import EmptyState, Page
from workbench.ui.session import Session
from workbench.ui.widgets.arena_view import ArenaView
from workbench.ui.widgets.graph_view import GraphView
from workbench.ui.widgets.memory_map import MemoryMap
from workbench.ui.widgets.row_table import Column, RowTable
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.settings_form import SettingsForm
from workbench.ui.widgets.share_bar import Share, ShareBar

if TYPE_CHECKING:
    from workbench.operations.outcome import Topic
    from workbench.project.model import Variant
    from workbench.project.store import Project

_ENGINES = {
    "c": ("Plain C", "Generated C with a memory plan of its own, in which outputs overlap the inputs they replace"),
    "tflm": ("TFLM", "TensorFlow Lite Micro with its portable kernels"),
    "tflm-cmsis": ("TFLM CMSIS-NN", "TensorFlow Lite Micro with Arm's kernels: faster, more code, some scratch memory"),
}
_SMALLEST_SHARE = 0.01  # of the arena; what is smaller is summed up
_VIEWS = {"Arena": (True, False), "Network": (False, True), "Both": (True, True)}  # which of the two is shown
_VIEW_KEPT = "memory.view"
_ENGINE_IDS = tuple(_ENGINES)


class MemoryPage(Page):
    """Address maps at the left, the arena in the middle, operators and tensors at the right, lit together."""

    id = "memory"
    title = "Memory"
    settings_width: ClassVar[int] = 344
    help_text = (
        "The maps at the left show the board's flash and RAM to scale, and beside it the part in use, enlarged. The "
        "picture in the middle is the arena: each block is a tensor, as wide as it is alive and as high as it is "
        "large. The arena must be as high as the highest block.\n\n"
        "Point at a block, an operator or a tensor: what belongs together lights up. Click to keep it lit; the arrow "
        "keys walk along the operators, Esc lets go.\n\n"
        "The network shows how the operators follow each other, with skip connections; a line is as thick as its "
        "tensor is large.\n\n"
        "Sizes of weights, graph and arena are exact for the deployed model; code and stack are estimated (~).\n\n"
        "The wheel zooms bytes, down to a single one, with Ctrl operators; dragging moves, with Shift it draws a frame "
        "to zoom into. Double-click a block to come near it, beside it to see all again. Up and down walk along what "
        "is alive at an operator, + and - zoom, Home shows all, Enter comes near what is lit.\n\n"
        "Plain C lets an output overlap the input it replaces: where both share bytes, the block is striped. The lines "
        "say what is alive at once, what no plan can be below, and what TensorFlow Lite Micro plans.\n\n"
        "Enter what your own firmware takes, or read it from what your build wrote (ELF, map file, output of size; "
        "also by dropping the file here), and the model gets what is left."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.scene: MemoryScene | None = None
        self._engine: str | None = None  # the board's usual one until the user switches
        self._chosen: tuple[str, int] | None = None  # ("operator", index) or ("placement", index)
        self.flash_map = MemoryMap("FLASH")
        self.ram_map = MemoryMap("RAM")
        self.arena = ArenaView()
        self.network = GraphView()
        self.views = Segmented(list(_VIEWS))
        self.tail = ShareBar("What the arena is made of")
        self._no_model = EmptyState(
            "No model to look at yet",
            "Train a model and compress it: this page then shows where the board's flash and RAM go, byte by byte.",
            ("Go to Train", lambda: self.trigger("station.train")),
        )
        self._off_board = EmptyState("", "", ("Go to Compress", lambda: self.trigger("station.compress")))
        self._stack = QStackedLayout()
        self.content.addLayout(self._stack)
        self._picture = QWidget()
        for widget in (self._no_model, self._off_board, self._picture):
            self._stack.addWidget(widget)
        self._lay_out_picture()
        self._lay_out_edge()
        self._connect()

    # --- layout ------------------------------------------------------------------------------------

    def _lay_out_picture(self) -> None:
        column = QVBoxLayout(self._picture)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        self.heading = QLabel()
        self.heading.setProperty("role", "title")
        column.addWidget(self.heading)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        column.addWidget(self.sentence)
        self.advice = QLabel()
        self.advice.setWordWrap(True)
        self.advice.setProperty("role", "muted")
        column.addWidget(self.advice)
        row = QHBoxLayout()
        row.setSpacing(2 * theme.GRID)
        maps = QVBoxLayout()
        maps.setSpacing(2 * theme.GRID)
        maps.addWidget(self.flash_map, 1)
        maps.addWidget(self.ram_map, 1)
        self.regions = QLabel()
        self.regions.setProperty("role", "muted")
        self.regions.setWordWrap(True)
        self.regions.setToolTip("An arena lies in one piece, so only regions that adjoin count together")
        maps.addWidget(self.regions)
        row.addLayout(maps)
        rule = QFrame()
        rule.setProperty("role", "edge")
        rule.setFixedWidth(1)
        row.addWidget(rule)
        middle = QVBoxLayout()
        middle.setSpacing(theme.GRID)
        self.arena_heading = QLabel()
        self.arena_heading.setTextFormat(Qt.TextFormat.RichText)
        top = QHBoxLayout()
        top.addWidget(self.arena_heading, 1)
        top.addWidget(self.views)
        middle.addLayout(top)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.addWidget(self.arena)
        both.addWidget(self.network)
        both.setStretchFactor(0, 2)
        both.setStretchFactor(1, 1)
        middle.addWidget(both, 1)
        middle.addWidget(self.tail)
        row.addLayout(middle, 1)
        column.addSpacing(theme.GRID)
        column.addLayout(row, 1)

    def _lay_out_edge(self) -> None:
        self.engine = Segmented([title for title, _ in _ENGINES.values()])
        for place, (_, tip) in enumerate(_ENGINES.values()):
            self.engine.button(place).setToolTip(tip)
        self.add_settings(self.engine, "Engine")
        self.operators = RowTable(_operator_columns(self), key=lambda row: row.index)
        self.operators.setAccessibleName("Operators")
        self.add_settings(self.operators, "Operators", stretch=3)
        self.tensors = RowTable(_tensor_columns(self), key=lambda row: row.index)
        self.tensors.setAccessibleName("Tensors in the arena")
        self.add_settings(self.tensors, "Tensors in the arena", stretch=2)
        self.form = SettingsForm(ProjectSettings(), only=("firmware_flash_bytes", "firmware_ram_bytes"))
        self.add_settings(self.form, "Your own firmware")
        self.read_firmware = QPushButton("Read from build…")
        self.read_firmware.setToolTip("An ELF file, a GNU ld map file, or what size printed; or drop it on this page")
        self.export = QPushButton("Save picture…")
        self.export.setToolTip("Flash, RAM and arena as SVG or PNG, the plan as JSON")
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.read_firmware)
        row.addWidget(self.export)
        self.add_settings(buttons)

    def _connect(self) -> None:
        self.engine.chosen.connect(self._switch_engine)
        self.form.changed.connect(lambda value: self.session.perform(change_settings, value))
        self.views.chosen.connect(self._switch_view)
        remembered = settings.preference(_VIEW_KEPT, "Arena")
        self._show_view(list(_VIEWS).index(remembered) if remembered in _VIEWS else 0)
        self.network.operator_chosen.connect(lambda index: self._choose("operator", index))
        self.network.operator_hovered.connect(lambda index: self._hover("operator", index))
        self.read_firmware.clicked.connect(self.choose_firmware)
        self.export.clicked.connect(self.choose_export)
        self.setAcceptDrops(True)
        self.arena.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for title, callback in (
            ("Save this picture…", self.choose_arena_file),
            ("Save picture or plan…", self.choose_export),
            ("All of the arena in view", self.arena.fit),
        ):
            QAction(title, self.arena).triggered.connect(callback)
        self.arena.addActions(self.arena.findChildren(QAction))
        self.operators.chosen.connect(lambda index: self._choose("operator", index))
        self.tensors.chosen.connect(lambda index: self._choose("placement", index))
        self.arena.placement_chosen.connect(lambda index: self._choose("placement", index))
        self.arena.step_chosen.connect(self._choose_step)
        self.arena.placement_hovered.connect(lambda index: self._hover("placement", index))
        for one in (self.flash_map, self.ram_map):
            one.hovered.connect(self._hover_block)
            one.clicked.connect(self._choose_block)
        theme.appearance().changed.connect(self._recolour)

    # --- content -----------------------------------------------------------------------------------

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        project = self.session.project
        variant = project.current_variant() if project is not None else None
        self.scene = None
        if project is None or variant is None:
            self._show(self._no_model)
            return
        self.form.set_value(project.settings(ProjectSettings))
        try:
            self.scene = self._make_scene(project, variant)
        except WorkbenchError as reason:
            self._off_board.set_words(f"No memory map for {variant.name}", str(reason))
            if self.session.board.programmable:
                self._off_board.lead_to("Go to Compress", lambda: self.trigger("station.compress"))
            else:
                self._off_board.lead_to("Choose board…", lambda: self.trigger("board.choose"))
            self._show(self._off_board)
            return
        self._show(self._picture)
        self._fill(self.scene)

    def _make_scene(self, project: Project, variant: Variant) -> MemoryScene:
        """With the chosen engine, or the board's usual one where that cannot run the model."""
        board = self.session.board
        try:
            return make_scene(project, variant, board, self._engine)
        except NotPossible as reason:
            if self._engine is None:
                raise
            self._engine = None
            scene = make_scene(project, variant, board, None)
            self.show_error(reason)
            return scene

    def board_changed(self) -> None:
        self._engine = None
        super().board_changed()

    def _show(self, part: QWidget) -> None:
        self._stack.setCurrentWidget(part)
        self.set_settings_visible(part is self._picture)

    def _fill(self, scene: MemoryScene) -> None:
        board, memory = self.session.board, scene.report
        usual = usual_engine(board)
        self.engine.choose(_ENGINE_IDS.index(memory.engine))
        for place, engine in enumerate(_ENGINE_IDS):
            self.engine.button(place).setEnabled(engine in engines_for(board))
        self.heading.setText(f"{scene.variant} on {board.name}")
        self.sentence.setText(verdict(memory))
        self.sentence.setProperty("role", "good" if memory.fits else "bad")
        self.sentence.style().polish(self.sentence)
        words = [*filter(None, [scene.saving()]), *scene.advice]
        if memory.engine != usual:
            words.append("The fit bar below shows the engine that the board's firmware is usually built with.")
        self.advice.setText("\n".join(words))
        self.advice.setVisible(bool(words))
        self.flash_map.show_blocks(scene.flash, memory.flash.limit)
        self.ram_map.show_blocks(scene.ram, memory.ram.limit)
        regions = _regions_in_words(memory.ram)
        self.regions.setText(regions)
        self.regions.setVisible(bool(regions))
        self.operators.set_rows(scene.operators)
        self.tensors.set_rows(sorted(scene.tensors, key=lambda row: -row.placement.bytes))
        self._recolour()
        self._light(None)

    def _recolour(self) -> None:
        """Colours depend on the theme."""
        if self.scene is None:
            return
        arena, muted = self.scene.report.arena, theme.now().muted
        self.arena.show_drawing(self.scene.drawing())
        self.network.show_graph(*self.scene.network())
        parts = [(arena.required, "needed"), (arena.planned, "planned"), (arena.live_set, "alive at once")]
        if arena.planned == arena.required:
            del parts[1]
        self.arena_heading.setText(
            f"<b style='color:{muted}'>ARENA</b>&nbsp; "
            + ", ".join(f"{kilobytes(size)} <span style='color:{muted}'>{what}</span>" for size, what in parts)
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
        self.tail.setVisible(bool(arena.by_kind))  # plain C keeps nothing but the plan
        self._light(self._chosen)

    def _switch_engine(self, place: int) -> None:
        self._engine = _ENGINE_IDS[place]
        self._chosen = None
        self.messages.clear()
        self.refresh(None)

    def _switch_view(self, place: int) -> None:
        settings.remember(_VIEW_KEPT, list(_VIEWS)[place])
        self._show_view(place)

    def _show_view(self, place: int) -> None:
        self.views.choose(place)
        for widget, shown in zip((self.arena, self.network), list(_VIEWS.values())[place], strict=True):
            widget.setVisible(shown)

    # --- what is lit -------------------------------------------------------------------------------

    def _choose(self, kind: str, index: int) -> None:
        self._chosen = (kind, index) if index >= 0 else None
        self._light(self._chosen)

    def _hover(self, kind: str, index: int) -> None:
        self._light((kind, index) if index >= 0 else self._chosen)

    def _choose_step(self, step: int) -> None:
        self._choose("operator", self.scene.operator_at(step) if self.scene else -1)

    def _choose_block(self, key: str) -> None:
        if key.startswith("op:"):
            self._choose("operator", int(key.removeprefix("op:")))
        else:
            self._choose("operator", -1)

    def _hover_block(self, key: str) -> None:
        if key.startswith("op:"):
            self._light(("operator", int(key.removeprefix("op:"))))
        elif key:
            self._light(None)
            self.flash_map.highlight((key,) if any(block.key == key for block in self.flash_map.blocks) else ())
            self.ram_map.highlight((key,) if any(block.key == key for block in self.ram_map.blocks) else ())
        else:
            self._light(self._chosen)

    def _light(self, what: tuple[str, int] | None) -> None:
        """Light an operator or a tensor up in all four places."""
        if self.scene is None:
            return
        if what is None:
            for one in (self.flash_map, self.ram_map):
                one.highlight(())
            self.arena.highlight(())
            self.network.highlight(())
            self.operators.choose(None)
            self.tensors.choose(None)
            return
        kind, index = what
        arena_key = [block.key for block in self.ram_map.blocks if block.kind == "arena"]
        if kind == "operator" and index < len(self.scene.operators):
            row = self.scene.operators[index]
            step = self.scene.step_of(index)
            self.arena.highlight(row.placements, step)
            self.network.highlight((index,))
            self.flash_map.highlight(self._flash_keys(row))
            self.ram_map.highlight(arena_key if row.placements else ())
            self.operators.choose(index)
            self.tensors.choose(None)
        elif kind == "placement" and index < len(self.scene.tensors):
            made_by = self.scene.operator_at(self.scene.tensors[index].placement.first_op)
            self.arena.highlight((index,))
            self.network.highlight((made_by,) if made_by >= 0 else ())
            self.flash_map.highlight(())
            self.ram_map.highlight(arena_key)
            self.operators.choose(made_by if made_by >= 0 else None)
            self.tensors.choose(index)

    def _flash_keys(self, row: OperatorRow) -> list[str]:
        kernel = f"{row.name} kernel"
        code = [block.key for block in self.flash_map.blocks if block.detail == kernel]
        return [operator_key(row.index), *code]

    def chip(self, operator_name: str) -> QColor | None:
        """The colour of a kind of operator, for the tables."""
        return self.scene.colour_of(operator_name) if self.scene else None

    def tensor_chip(self, row: TensorRow) -> QColor | None:
        """The colour of the operator that makes a tensor."""
        if self.scene is None or row.placement.first_op < 0:
            return QColor(theme.now().muted)
        return self.scene.colour_of(self.scene.report.arena.plan.steps[row.placement.first_op].name)

    # --- files -------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.session.project is not None and _firmware_in(event):
            event.acceptProposedAction()
        else:
            event.ignore()  # the window takes recordings and models

    def dropEvent(self, event: QDropEvent) -> None:
        path = _firmware_in(event)
        if path is not None:
            event.acceptProposedAction()
            self.take_firmware(path)

    def choose_firmware(self) -> None:
        """Ask for what the user's own build wrote."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Your firmware: ELF, map file or output of size")
        if chosen:
            self.take_firmware(Path(chosen))

    def take_firmware(self, path: Path) -> None:
        """Read flash and RAM of the user's own firmware; undone like any change."""
        firmware = self.session.perform(read_firmware_budget, path)
        if firmware is not None:
            sizes = f"{kilobytes(firmware.flash_bytes)} flash and {kilobytes(firmware.ram_bytes)} RAM"
            self.show_message("good", f"{path.name}: {sizes} are your own firmware's.", ("Undo", self.session.undo))

    def choose_export(self) -> None:
        """Ask where the sheet (.svg, .png) or the plan (.json) goes."""
        self._save_as("Picture (*.svg *.png);;Plan (*.json)", ".svg", self.save)

    def choose_arena_file(self) -> None:
        """Ask where the arena picture alone goes."""
        self._save_as("Picture (*.svg *.png)", "_arena.svg", self.save_arena)

    def _save_as(self, kinds: str, ending: str, save: Callable[[Path], None]) -> None:
        if self.scene is None:
            return
        start = str(Path.home() / f"{self.scene.variant}{ending}")
        chosen, _ = QFileDialog.getSaveFileName(self, "Save as", start, kinds)
        if not chosen:
            return
        try:
            save(Path(chosen))
        except WorkbenchError as error:
            self.show_error(error)
        else:
            self.show_message("good", f"Saved as {chosen}.")

    def save(self, path: Path) -> None:
        """Write the sheet, or as .json the plan that ``workbench memory --json`` prints."""
        if self.scene is None:
            return
        if path.suffix.lower() == ".json":
            save_plan(self.scene.report, path)
        else:
            save_sheet(path, self.scene, self.session.board.name)

    def save_arena(self, path: Path) -> None:
        """Write the arena picture alone."""
        if self.scene is not None:
            save_arena(path, self.scene)

    def page_actions(self) -> Sequence[Action]:
        def there() -> bool:
            return self.scene is not None

        return (
            Action("memory.save", "Save memory picture or plan…", "As SVG, PNG or JSON", self.choose_export, "", there),
            Action(
                "memory.firmware",
                "Read your own firmware…",
                "From its ELF, its map file or what size printed",
                self.choose_firmware,
                "",
                there,
            ),
            Action("memory.fit", "All of the arena in view", "Undo zooming", self.arena.fit, "", there),
        )


def _firmware_in(event: QDropEvent) -> Path | None:
    """The one dropped file, when it is a build's output."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].is_file() and is_firmware(paths[0]) else None


def _regions_in_words(ram: MemoryUse) -> str:
    """Which regions the RAM above is made of, and what lies at other addresses; empty where there is one region."""
    lines = []
    if len(ram.made_of) > 1:
        lines.append(" + ".join(f"{region.name} {kilobytes(region.bytes)}" for region in ram.made_of))
    for other in ram.elsewhere:
        held = ", ".join(f"{part.name} {kilobytes(part.bytes)}" for part in other.parts) or "free"
        lines.append(f"elsewhere: {other.region.name} {kilobytes(other.region.bytes)}, {held}")
    return "\n".join(lines)


def _operator_columns(page: MemoryPage) -> tuple[Column, ...]:
    def operator_tip(row: OperatorRow) -> str:
        words = f"{row.name}, output {shape_words(row.shape)}, {row.macs:,} multiply-accumulates"
        return f"{words}\nreads and writes in this order: {row.order}" if row.order else words

    return (
        Column(
            "Operator",
            lambda row: f"{row.index}  {row.name}",
            sort=lambda row: row.index,
            tip=operator_tip,
            chip=lambda row: page.chip(row.name),
            stretch=True,
        ),
        Column(
            "Bytes",
            lambda row: f"{row.weight_bytes:,}",
            sort=lambda row: row.weight_bytes,
            numeric=True,
            tip=lambda _row: "bytes of weights and other constants in flash",
        ),
        Column(
            "Time",
            lambda row: quantity(row.seconds, "s"),
            sort=lambda row: row.seconds or 0.0,
            numeric=True,
            tip=lambda row: row.time_note,
        ),
    )


def _tensor_columns(page: MemoryPage) -> tuple[Column, ...]:
    def alive(row: TensorRow) -> str:
        first, last = row.placement.first_op, row.placement.last_op
        return f"{'in' if first < 0 else first}–{last}" if first != last else str(first)

    return (
        Column(
            "Tensor",
            lambda row: row.name,
            tip=lambda row: f"{row.placement.name}\n{shape_words(row.shape)}\nat byte {row.placement.offset:,}",
            chip=page.tensor_chip,
            stretch=True,
        ),
        Column("Bytes", lambda row: f"{row.placement.bytes:,}", sort=lambda row: row.placement.bytes, numeric=True),
        Column("Alive", alive, sort=lambda row: row.placement.first_op, numeric=True),
    )
