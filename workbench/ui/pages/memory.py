"""The memory page: where flash and RAM of the board go, and how the arena fills over time."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QPushButton, QSizePolicy, QStackedLayout, QWidget

from workbench.errors import NotPossible, WorkbenchError
from workbench.memory.fit import PLAIN_C, engines_for, usual_engine
from workbench.memory.host_check import HostCheck
from workbench.memory.own_firmware.read import is_firmware
from workbench.operations.core_facts import core_facts
from workbench.operations.energy import variant_energy
from workbench.operations.firmware_budget import read_firmware_budget
from workbench.operations.fit_figures import FitInputs, evaluation_figure, fit_inputs
from workbench.operations.host_check import in_words
from workbench.operations.memory import chosen_engine, save_plan
from workbench.operations.outcome import Topic
from workbench.operations.settings import change_settings
from workbench.project.settings import ProjectSettings
from workbench.quantities import band, figure, kilobytes
from workbench.target.duty import Duty
from workbench.training.evaluation import from_json as evaluation_from_json
from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.background import Background
from workbench.ui.memory_lights import MemoryLights
from workbench.ui.memory_lists import OperatorList, TensorList
from workbench.ui.memory_picture import MemoryPicture
from workbench.ui.memory_rows import compute_scene
from workbench.ui.memory_scene import MemoryScene
from workbench.ui.memory_sheet import save_arena, save_sheet
from workbench.ui.pages.page import EmptyState, Page
from workbench.ui.session import Session
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.settings_form import SettingsForm

if TYPE_CHECKING:
    from workbench.project.model import Variant
    from workbench.project.store import Project

_ENGINES = {
    "c": ("Plain C", "Generated C with a memory plan of its own, in which outputs overlap the inputs they replace"),
    "tflm": ("TFLM", "TensorFlow Lite Micro with its portable kernels"),
    "tflm-cmsis": ("TFLM CMSIS-NN", "TensorFlow Lite Micro with Arm's kernels: faster, more code, some scratch memory"),
}
_ENGINE_IDS = tuple(_ENGINES)
_WIDE = 1600  # px of the page from which on the lists show whole names
_WIDE_LISTS = 408
_SHORTEST_LIST = 108  # px: the heading and some rows
_PLANNING = "Planning the arena…"
_PATIENCE_MS = 100  # before what is seen steps back for what is being computed


class MemoryPage(Page):
    """Address maps at the left, the arena in the middle, operators and tensors at the right, lit together."""

    id = "memory"
    title = "Memory"
    settings_width: ClassVar[int] = 344
    help_text = (
        "The maps at the left show the board's flash and RAM to scale, and beside it the part in use, enlarged; RAM at "
        "other addresses has bars of its own below. The picture in the middle is the arena: each block is a tensor, as "
        "wide as it is alive and as high as it is large. The arena must be as high as the highest block.\n\n"
        "Point at a block, an operator or a tensor: what belongs together lights up. Click to keep it lit; the arrow "
        "keys walk along the operators, Esc lets go.\n\n"
        "The network shows how the operators follow each other, with skip connections; a line is as thick as its "
        "tensor is large. A model with several graphs (loops, conditions, state that outlives an inference) lets you "
        "choose whose operators are listed; the arena always counts all of them.\n\n"
        "Sizes of weights, graph, names and arena are exact for the deployed model; code and stack are estimated (~). "
        "Core shows what the model does on the board's core: Verify compiles it as plain C, runs it on an emulated "
        "core on windows of the test split, compares every byte with TensorFlow Lite Micro, and counts instructions, "
        "cycles, time and energy of each step. Code, constants, stack and times are then those that were found. With "
        "plain C as the engine this happens by itself. Other engines stand beside it, and what others published. Their "
        "times and energies count computing the features before each inference; the line below says how much.\n\n"
        "Energy shows what a prediction takes of the battery, from the same time as the bar below, and what sending "
        "its result takes, against sending the raw data without a model. Say there how the device is used: its radio, "
        "how often it predicts, what it sends, its battery; this is kept in the project. The bars are to one scale, "
        "the line under each is the band that it may lie in; point at a part for its own. Sensors are not counted.\n\n"
        "The wheel zooms bytes, down to a single one, with Ctrl operators; dragging moves, with Shift it draws a frame "
        "to zoom into. Double-click a block to come near it, beside it to see all again. Up and down walk along what "
        "is alive at an operator, + and - zoom, Home shows all, Enter comes near what is lit.\n\n"
        "Plain C lets an output overlap the input it replaces: where both share bytes, the block is striped. The lines "
        "say what is alive at once, what no plan can be below, and what TensorFlow Lite Micro plans. The engine chosen "
        "here is the project's.\n\n"
        "Enter what your own firmware takes, or read it from what your build wrote (ELF, map file, output of size; "
        "also by dropping the file here), and the model gets what is left.\n\n"
        "Host check runs TensorFlow Lite Micro itself on this computer. Pointers have 64 bits here, so what it prints "
        "is never the board's arena; but it says whether it takes the model, and what it plans has to be what this "
        "program's rules give with such pointers.\n\n"
        "Judge by the recordings measures a model from elsewhere on all labelled windows of the project, cut and "
        "computed as the Features page says, as recorded, with the classes in alphabetical order."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._wanted: str | None = None  # an engine that is being tried; it becomes the project's when it can run this
        self._settings: ProjectSettings | None = None  # of what is shown
        self._planning = Background(self)
        self._busy = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self.picture = MemoryPicture()
        self.operators = OperatorList()
        self.tensors = TensorList()
        self._no_model = EmptyState(
            "No model to look at yet",
            "Train a model and compress it, or drop a .tflite or .keras file on the window: this page then shows where "
            "the board's flash and RAM go, byte by byte.",
            ("Go to Train", lambda: self.trigger("station.train")),
        )
        self._off_board = EmptyState("", "", ("Go to Compress", lambda: self.trigger("station.compress")))
        self._stack = QStackedLayout()
        self.content.addLayout(self._stack)
        for widget in (self._no_model, self._off_board, self.picture):
            self._stack.addWidget(widget)
        self._lay_out_edge()
        self.lights = MemoryLights(self.picture, self.operators, self.tensors)
        self._connect()

    @property
    def scene(self) -> MemoryScene | None:
        """What is shown; None while there is nothing, or it is being computed."""
        return self.picture.scene

    @property
    def settled(self) -> bool:
        """Whether nothing is being computed."""
        return not self._busy

    def _lay_out_edge(self) -> None:
        self.engine = Segmented([title for title, _ in _ENGINES.values()])
        for place, (_, tip) in enumerate(_ENGINES.values()):
            self.engine.button(place).setToolTip(tip)
        self.add_settings(self.engine, "Engine")
        self.made_for = SettingsForm(ProjectSettings(), only=("code_option",))
        self.add_settings(self.made_for)
        for widget in (self.operators.table, self.tensors):
            # Lists take what the buttons below them leave.
            widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            widget.setMinimumHeight(_SHORTEST_LIST)
        self.add_settings(self.operators, "Operators", stretch=3)
        self.add_settings(self.tensors, "Tensors in the arena", stretch=2)
        self.form = SettingsForm(ProjectSettings(), only=("firmware_flash_bytes", "firmware_ram_bytes"))
        self.add_settings(self.form, "Your own firmware")
        buttons = QWidget()
        grid = QGridLayout(buttons)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.GRID)
        for place, (title, tip, callback) in enumerate(self._buttons()):
            button = QPushButton(title)
            button.setToolTip(tip)
            button.clicked.connect(callback)
            grid.addWidget(button, place // 2, place % 2)
        self.judge_button = QPushButton("Judge by the recordings")
        self.judge_button.setToolTip("Measure how good this model from elsewhere is on all labelled recordings")
        self.judge_button.clicked.connect(self.judge)
        grid.addWidget(self.judge_button, grid.rowCount(), 0, 1, 2)
        self.add_settings(buttons)

    def _buttons(self) -> tuple[tuple[str, str, Callable[[], None]], ...]:
        return (
            (
                "Read from build…",
                "An ELF file, a GNU ld map file, or what size printed; or drop it on this page",
                self.choose_firmware,
            ),
            ("Save picture…", "Flash, RAM and arena as SVG or PNG, the plan as JSON", self.choose_export),
            ("Verify", "Compile as plain C, run it on an emulated core, compare every byte, count", self.verify),
            ("Host check", "Run TensorFlow Lite Micro itself on this computer (64-bit)", self.check_on_host),
        )

    def _connect(self) -> None:
        self.engine.chosen.connect(self._switch_engine)
        for form in (self.made_for, self.form, self.picture.energy.form):
            form.changed.connect(lambda value: self.session.perform(change_settings, value))
        self._patience.timeout.connect(lambda: self.picture.wait(_PLANNING))
        self.setAcceptDrops(True)
        arena = self.picture.arena
        arena.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for title, callback in (
            ("Save this picture…", self.choose_arena_file),
            ("Save picture or plan…", self.choose_export),
            ("All of the arena in view", arena.fit),
        ):
            QAction(title, arena).triggered.connect(callback)
        arena.addActions(arena.findChildren(QAction))
        theme.appearance().changed.connect(self._recolour)
        self.picture.core.verify_wanted.connect(self.verify)
        self.session.verifier.verified.connect(lambda _found: self.refresh(None))

    # --- content -----------------------------------------------------------------------------------

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        project = self.session.project
        variant = project.current_variant() if project is not None else None
        settings = project.settings(ProjectSettings) if project is not None else None
        before, self._settings = self._settings, settings
        if changed == frozenset({Topic.SETTINGS}) and before == settings and self.scene is not None and self.settled:
            self._ask_of_energy()  # the duty changed, or settings that play no part here
            return
        self._planning.forget()
        self._busy = False
        if project is None or variant is None:
            self._show(self._no_model)
            return
        for form in (self.made_for, self.form):
            form.set_value(settings)
        self.judge_button.setVisible(self._can_judge())
        self._plan(project, variant, self._wanted or chosen_engine(project, self.session.board))

    def _plan(self, project: Project, variant: Variant, engine: str, tried: tuple[str, ...] = ()) -> None:
        """Compute the scene beside the window's thread; engines that were ``tried`` cannot run the model."""
        board = self.session.board
        try:
            inputs = fit_inputs(project, variant, board, engine)
        except WorkbenchError as reason:
            self._cannot(variant, (*tried, engine), reason)
            return
        self._busy = True
        self._patience.start()
        if self._stack.currentWidget() is not self.picture:
            self.picture.wait(_PLANNING)
            self._show(self.picture)
        self._planning.ask(
            compute_scene,
            inputs,
            then=self._planned,
            failed=lambda error: self._cannot(variant, (*tried, engine), error),
        )

    def _planned(self, scene: MemoryScene) -> None:
        self._patience.stop()
        self._show(self.picture)
        self.picture.show_scene(scene, self.session.board.name)
        self._ask_of_the_core()
        self._ask_of_energy()
        QTimer.singleShot(0, self, lambda: self._list(scene))  # in a turn of its own: a large model's lists take time

    def _current(self) -> tuple[Project, Variant] | None:
        """The project and its current variant; None without one."""
        project = self.session.project
        variant = project.current_variant() if project is not None else None
        return None if project is None or variant is None else (project, variant)

    def _inputs(self) -> FitInputs | None:
        """What the current variant's figures depend on; None without one."""
        found = self._current()
        return None if found is None else fit_inputs(*found, self.session.board)

    def _ask_of_the_core(self) -> None:
        inputs = self._inputs()
        if inputs is not None:
            self._planning.ask(core_facts, inputs, then=self.picture.core.show_facts)

    def _ask_of_energy(self) -> None:
        project, inputs = self.session.project, self._inputs()
        if project is not None and inputs is not None:
            duty = project.settings(Duty)
            self.picture.energy.form.set_value(duty)
            show = self.picture.energy.show_report
            self._planning.ask(variant_energy, inputs, duty, then=show, failed=self.session.fail)

    def _list(self, scene: MemoryScene) -> None:
        """Operators and tensors of what is shown by now."""
        if self.scene is not scene or self._patience.isActive():  # something newer is on its way
            return
        self._busy = False
        board = self.session.board
        self.engine.choose(_ENGINE_IDS.index(scene.report.engine))
        for place, engine in enumerate(_ENGINE_IDS):
            self.engine.button(place).setEnabled(engine in engines_for(board))
        self.made_for.setVisible(scene.report.engine == PLAIN_C)
        self.operators.show_scene(scene)
        self.tensors.show_scene(scene)
        self.lights.choose(None)
        wanted, self._wanted = self._wanted, None
        project = self.session.project
        if wanted is not None and project is not None:
            self.session.perform(change_settings, dataclasses.replace(project.settings(ProjectSettings), engine=wanted))

    def _cannot(self, variant: Variant, tried: tuple[str, ...], error: Exception) -> None:
        """Say why there is no plan; show that of the project's or the board's usual engine where it is still to try."""
        self._busy = False
        self._patience.stop()
        self._wanted = None
        if not isinstance(error, WorkbenchError):
            self.session.fail(error)
            return
        project, board = self.session.project, self.session.board
        if isinstance(error, NotPossible) and project is not None and board.programmable:
            others = [one for one in (chosen_engine(project, board), usual_engine(board)) if one not in tried]
            if others:
                self.show_error(error)
                self._plan(project, variant, others[0], tried)
                return
        self._off_board.set_words(f"No memory map for {variant.name}", str(error))
        if board.programmable:
            self._off_board.lead_to("Go to Compress", lambda: self.trigger("station.compress"))
        else:
            self._off_board.lead_to("Choose board…", lambda: self.trigger("board.choose"))
        self._show(self._off_board)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._edge.setFixedWidth(_WIDE_LISTS if event.size().width() >= _WIDE else self.settings_width)

    def board_changed(self) -> None:
        self._wanted = None
        super().board_changed()

    def leave(self) -> None:
        self._patience.stop()
        self._planning.stop()

    def _show(self, part: QWidget) -> None:
        if part is not self.picture:
            self._patience.stop()
            self.picture.scene = None
        self._stack.setCurrentWidget(part)
        self.set_settings_visible(part is self.picture)

    def _recolour(self) -> None:
        self.picture.recolour()
        self.lights.again()

    def _switch_engine(self, place: int) -> None:
        self._wanted = _ENGINE_IDS[place]
        self.messages.clear()
        self.refresh(None)

    def explain(self, figure: str) -> None:
        """Bring into view where a figure of the fit bar comes from."""
        shows = {"energy": self.picture.show_energy, "latency": self.picture.show_core}
        shows.get(figure, self.picture.show_maps)()

    # --- longer looks ------------------------------------------------------------------------------

    def verify(self) -> None:
        """Prove the variant as plain C on an emulated core; what is found takes the place of estimates."""
        self.picture.show_core()
        self.session.verifier.verify()

    def check_on_host(self) -> None:
        """Run TensorFlow Lite Micro on this computer."""
        project = self.session.project
        variant = project.current_variant() if project is not None else None
        if project is not None and variant is not None:
            path = project.path(variant.model_file)
            self.start("Host check", "workbench.operations.host_check:check_on_host", path, on_done=self._checked)

    def _checked(self, found: HostCheck) -> None:
        self.show_message("warn" if found.agrees is False else "info", in_words(found))

    def _can_judge(self) -> bool:
        """Whether the variant is of a given model, and there are recordings to judge it by."""
        found = self._current()
        return found is not None and found[1].run_id is None and bool(found[0].recordings())

    def judge(self) -> None:
        """Measure how good the given model is by the project's recordings."""
        found = self._current()
        if found is not None:
            project, variant = found
            function = "workbench.operations.judge_given:judge_variant"
            self.start("Judge by the recordings", function, project.folder, variant.id, on_done=self._judged)

    def _judged(self, evaluation: dict[str, Any]) -> None:
        judged = evaluation_from_json(evaluation)
        found = evaluation_figure(judged)
        what = "Accuracy" if judged.accuracy is not None else "Mean absolute error"
        windows = f"{judged.count:,} labelled windows of {judged.recordings:,} recordings"
        self.show_message("good", f"{what} {figure(found)} ({band(found)}) on {windows}.")

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

        def action(name: str, title: str, tip: str, callback: Callable[[], None]) -> Action:
            return Action(f"memory.{name}", title, tip, callback, "", there)

        return (
            action("save", "Save memory picture or plan…", "As SVG, PNG or JSON", self.choose_export),
            action(
                "firmware",
                "Read your own firmware…",
                "From its ELF, its map file or what size printed",
                self.choose_firmware,
            ),
            action("fit", "All of the arena in view", "Undo zooming", self.picture.arena.fit),
            action("verify", "Verify as plain C", "Run on an emulated core, compare every byte, count", self.verify),
            action(
                "energy",
                "Energy and battery life",
                "What predictions take of a battery, against sending the raw data",
                self.picture.show_energy,
            ),
            Action(
                "memory.judge", "Judge by the recordings", "A model from elsewhere", self.judge, "", self._can_judge
            ),
            action("host", "Host check", "Run TensorFlow Lite Micro on this computer", self.check_on_host),
        )


def _firmware_in(event: QDropEvent) -> Path | None:
    """The one dropped file, when it is a build's output."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].is_file() and is_firmware(paths[0]) else None
