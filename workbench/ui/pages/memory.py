"""The memory page: where flash and RAM of the board go, and how the arena fills over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from workbench.errors import WorkbenchError
from workbench.memory.fit import usual_engine
from workbench.operations.fit_figures import verdict
from workbench.operations.settings import change_settings
from workbench.project.settings import ProjectSettings
from workbench.quantities import exact_bytes, kilobytes, quantity
from workbench.ui import theme
from workbench.ui.memory_scene import MemoryScene, OperatorRow, TensorRow, make_scene, operator_key
from workbench.ui.pages.page import EmptyState, Page
from workbench.ui.session import Session
from workbench.ui.widgets.arena_view import ArenaView
from workbench.ui.widgets.memory_map import MemoryMap
from workbench.ui.widgets.row_table import Column, RowTable
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.settings_form import SettingsForm
from workbench.ui.widgets.share_bar import Share, ShareBar

if TYPE_CHECKING:
    from workbench.operations.outcome import Topic
    from workbench.ui.actions import Action

_ENGINES = {
    "tflm": ("Reference", "TensorFlow Lite Micro with its portable kernels"),
    "tflm-cmsis": ("CMSIS-NN", "TensorFlow Lite Micro with Arm's kernels: faster, more code, some scratch memory"),
}
_SMALLEST_SHARE = 0.01  # of the arena; what is smaller is summed up
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
        "Sizes of weights, graph and arena are exact for the deployed model; code and stack are estimated (~).\n\n"
        "Enter what your own firmware takes, and the model gets what is left."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.scene: MemoryScene | None = None
        self._engine: str | None = None  # the board's usual one until the user switches
        self._chosen: tuple[str, int] | None = None  # ("operator", index) or ("placement", index)
        self.flash_map = MemoryMap("FLASH")
        self.ram_map = MemoryMap("RAM")
        self.arena = ArenaView()
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
        row.addLayout(maps)
        rule = QFrame()
        rule.setProperty("role", "edge")
        rule.setFixedWidth(1)
        row.addWidget(rule)
        middle = QVBoxLayout()
        middle.setSpacing(theme.GRID)
        self.arena_heading = QLabel()
        self.arena_heading.setTextFormat(Qt.TextFormat.RichText)
        middle.addWidget(self.arena_heading)
        middle.addWidget(self.arena, 1)
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

    def _connect(self) -> None:
        self.engine.chosen.connect(self._switch_engine)
        self.form.changed.connect(lambda value: self.session.perform(change_settings, value))
        self.operators.chosen.connect(lambda index: self._choose("operator", index))
        self.tensors.chosen.connect(lambda index: self._choose("placement", index))
        self.arena.placement_chosen.connect(lambda index: self._choose("placement", index))
        self.arena.step_chosen.connect(lambda step: self._choose("operator", step))
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
            self.scene = make_scene(project, variant, self.session.board, self._engine)
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
        self.engine.button(_ENGINE_IDS.index("tflm-cmsis")).setEnabled(usual == "tflm-cmsis")
        self.heading.setText(f"{scene.variant} on {board.name}")
        self.sentence.setText(verdict(memory))
        self.sentence.setProperty("role", "good" if memory.fits else "bad")
        self.sentence.style().polish(self.sentence)
        words = list(scene.advice)
        if memory.engine != usual:
            words.append("The fit bar below shows the engine that the board's firmware is usually built with.")
        self.advice.setText("\n".join(words))
        self.advice.setVisible(bool(words))
        self.flash_map.show_blocks(scene.flash, memory.flash.limit)
        self.ram_map.show_blocks(scene.ram, memory.ram.limit)
        self.operators.set_rows(scene.operators)
        self.tensors.set_rows(sorted(scene.tensors, key=lambda row: -row.placement.bytes))
        self._recolour()
        self._light(None)

    def _recolour(self) -> None:
        """Colours depend on the theme."""
        if self.scene is None:
            return
        arena, muted = self.scene.report.arena, theme.now().muted
        self.arena.show_plan(arena.plan, self.scene.looks(), self.scene.step_names())
        self.arena_heading.setText(
            f"<b style='color:{muted}'>ARENA</b>&nbsp;&nbsp; {kilobytes(arena.required)} "
            f"<span style='color:{muted}'>needed,</span> {kilobytes(arena.planned)} "
            f"<span style='color:{muted}'>of them planned,</span> {kilobytes(arena.live_set)} "
            f"<span style='color:{muted}'>alive at once</span>"
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
        self._light(self._chosen)

    def _switch_engine(self, place: int) -> None:
        self._engine = _ENGINE_IDS[place]
        self.refresh(None)

    # --- what is lit -------------------------------------------------------------------------------

    def _choose(self, kind: str, index: int) -> None:
        self._chosen = (kind, index) if index >= 0 else None
        self._light(self._chosen)

    def _hover(self, kind: str, index: int) -> None:
        self._light((kind, index) if index >= 0 else self._chosen)

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
            self.operators.choose(None)
            self.tensors.choose(None)
            return
        kind, index = what
        arena_key = [block.key for block in self.ram_map.blocks if block.kind == "arena"]
        if kind == "operator" and index < len(self.scene.operators):
            row = self.scene.operators[index]
            step = self._step_of(index)
            self.arena.highlight(row.placements, step)
            self.flash_map.highlight(self._flash_keys(row))
            self.ram_map.highlight(arena_key if row.placements else ())
            self.operators.choose(index)
            self.tensors.choose(None)
        elif kind == "placement" and index < len(self.scene.tensors):
            made_by = self.scene.tensors[index].placement.first_op
            self.arena.highlight((index,))
            self.flash_map.highlight(())
            self.ram_map.highlight(arena_key)
            self.operators.choose(made_by if made_by >= 0 else None)
            self.tensors.choose(index)

    def _step_of(self, operator: int) -> int:
        steps = self.scene.report.arena.plan.steps if self.scene else ()
        return next((i for i, step in enumerate(steps) if step.subgraph == 0 and step.operator == operator), -1)

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

    def page_actions(self) -> Sequence[Action]:
        return ()


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in shape)


def _operator_columns(page: MemoryPage) -> tuple[Column, ...]:
    def operator_tip(row: OperatorRow) -> str:
        return f"{row.name}, output {_shape(row.shape)}, {row.macs:,} multiply-accumulates"

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
            tip=lambda _row: "estimated from counted operations",
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
            tip=lambda row: f"{row.placement.name}\n{_shape(row.shape)}\nat byte {row.placement.offset:,}",
            chip=page.tensor_chip,
            stretch=True,
        ),
        Column("Bytes", lambda row: f"{row.placement.bytes:,}", sort=lambda row: row.placement.bytes, numeric=True),
        Column("Alive", alive, sort=lambda row: row.placement.first_op, numeric=True),
    )
