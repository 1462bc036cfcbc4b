"""What the window works on: the open project, the chosen board, the figures, the work going on.

Pages ask and tell only the session. Every change goes through ``perform`` (quick operations) or ``start``
(long ones, in a child process); both end in ``changed`` with the topics that pages refresh from.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from workbench import settings
from workbench.boards import Board, find_board, load_boards
from workbench.errors import WorkbenchError
from workbench.ui.auto_verify import AutoVerify
from workbench.ui.background import Background
from workbench.ui.job_bridge import JobBridge, JobView, plain_error

if TYPE_CHECKING:
    from workbench.operations.fit_figures import FitFigures
    from workbench.operations.outcome import Outcome, Topic
    from workbench.project.store import Project

P = ParamSpec("P")
T = TypeVar("T")

_FALLBACK_BOARD = "nano33ble_sense"


class Session(QObject):
    """The state that all pages share."""

    opened = Signal()
    closed = Signal()
    changed = Signal(object)  # frozenset[Topic]
    board_changed = Signal()
    figures_changed = Signal()  # `figures` or `figures_stale` changed
    capture_changed = Signal()  # `capture_state` changed
    failed = Signal(object)  # a WorkbenchError to be shown on the page in view
    wanted = Signal(str)  # the id of an action of the window that a page asks for, such as "station.train"
    window_wanted = Signal(int, int, int)  # a recording to be looked at, and the rows of it: the first, and the end
    told = Signal(str, str)  # something to be said on the page in view: kind of message and text

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge = JobBridge(self)
        self.project: Project | None = None
        self.figures: FitFigures | None = None
        self.figures_stale = False
        self.capture_state = ""  # port, baud rate and rate while a capture runs, else ""
        self.capture_role = "good"
        self._board_id = str(settings.preference("board", _FALLBACK_BOARD))
        self._board: Board | None = None
        self._computing = Background(self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._compute_figures)
        self.verifier = AutoVerify(self)

    # --- the project -------------------------------------------------------------------------------

    def open(self, path: Path) -> bool:
        """Open a project folder in place of the one that is open; of a sample project, a copy is opened."""
        from workbench.operations.projects import open_project

        return self._take(lambda: open_project(path))

    def open_model(self, path: Path) -> None:
        """Open a model file as a project of its own; until it is read, what is open stays as it is."""

        def read(folder: Path) -> None:
            if self.project is not None and self.project.folder == folder.resolve():
                self.told.emit("info", f"{path.name} is the model of this project.")
            elif self.open(folder):
                self.told.emit("info", f"{path.name} has a project of its own, in {folder}.")

        self.start(f"Open {path.name}", "workbench.operations.open_model:open_model", path, self.board.id, on_done=read)

    def create(self, folder: Path, name: str) -> bool:
        """Make a new project and open it."""
        from workbench.operations.projects import new_project

        return self._take(lambda: new_project(folder, name))

    def _take(self, open_it: Callable[[], Outcome[Project]]) -> bool:
        before = self.project.folder if self.project is not None else None
        self.close()  # first: a folder is open for writing once only
        try:
            outcome = open_it()
        except Exception as error:
            if before is not None:
                self.open(before)
            self.fail(error)
            return False
        self.project = outcome.value
        self._board = None
        self.board_changed.emit()  # first: pages draw everything once they hear of the project
        self.opened.emit()
        self.recompute_figures()
        for message in outcome.messages:
            self.told.emit("info", message)
        return True

    def close(self) -> None:
        """Close the project; work going on for it is cancelled."""
        if self.project is None:
            return
        self.bridge.cancel_all()
        self._later.stop()
        self._computing.forget()
        self.project.close()
        self.project = None
        self._board = None
        self.figures = None
        self.figures_stale = False
        self.closed.emit()
        self.board_changed.emit()
        self.figures_changed.emit()

    def shut_down(self) -> None:
        """Before the window goes: nothing of ours keeps running."""
        self._later.stop()
        self.close()
        self._computing.stop()
        self.bridge.shut_down()

    # --- changing it -------------------------------------------------------------------------------

    def perform(
        self, operation: Callable[Concatenate[Project, P], Outcome[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Run a quick operation on the open project; its value, or None after an error, which is then shown."""
        if self.project is None:
            return None
        try:
            outcome = operation(self.project, *args, **kwargs)
        except Exception as error:
            self.fail(error)
            return None
        self.apply(outcome)
        return outcome.value

    def start(
        self,
        title: str,
        function: str,
        *args: Any,
        on_report: Callable[[str, dict[str, Any]], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[WorkbenchError], None] | None = None,
        key: str = "",
        **kwargs: Any,
    ) -> JobView:
        """Run a long operation ``package.module:name`` in a child process.

        ``on_done`` gets the operation's value; ``on_failed`` its error, which is otherwise shown on the page in
        view. A new start under the same ``key`` (by default the function) cancels the old one.
        """
        view = self.bridge.start(title, key or function, function, *args, **kwargs)
        if on_report is not None:
            view.reported.connect(on_report)

        def done(result: Any) -> None:
            value = result
            if hasattr(result, "changed"):
                self.apply(result)
                value = result.value
            if on_done is not None:
                on_done(value)

        view.finished.connect(done)
        view.failed.connect(on_failed if on_failed is not None else self.fail)
        return view

    def apply(self, outcome: Outcome[Any]) -> None:
        """Tell the pages what an operation changed and what it had to say."""
        if outcome.changed:
            self._refresh(outcome.changed)
        for message in outcome.messages:
            self.told.emit("warn", message)

    def fail(self, error: BaseException) -> None:
        """Show an error on the page in view; a defect of ours goes to the log as well."""
        if not isinstance(error, WorkbenchError):
            logging.getLogger(__name__).error("unexpected", exc_info=error)
        self.failed.emit(plain_error(error))

    def undo(self) -> None:
        """Take back the last step."""
        from workbench.operations.history import undo

        self.perform(undo)

    def redo(self) -> None:
        """Do the last step that was taken back again."""
        from workbench.operations.history import redo

        self.perform(redo)

    def _refresh(self, changed: frozenset[Topic]) -> None:
        from workbench.operations.outcome import Topic

        before = self._board_id
        if Topic.SETTINGS in changed:
            self._board = None
            if self.board.id != before:
                self.board_changed.emit()
        self.changed.emit(changed)
        if changed & {Topic.SETTINGS, Topic.VARIANTS, Topic.RUNS}:
            self.recompute_figures()

    # --- the board and the figures -----------------------------------------------------------------

    @property
    def board(self) -> Board:
        """The chosen board: the project's, or the last one used while no project is open."""
        if self._board is None:
            self._board = self._find_board()
            self._board_id = self._board.id
        return self._board

    def _find_board(self) -> Board:
        from workbench.project.settings import ProjectSettings

        wanted = self._board_id
        if self.project is not None:
            wanted = self.project.settings(ProjectSettings).board
        boards = load_boards()
        return boards.get(wanted) or boards.get(_FALLBACK_BOARD) or next(iter(boards.values()))

    def choose_board(self, board_id: str) -> None:
        """Fit to another board; kept in the project, and for the next start."""
        try:
            board = find_board(board_id)
        except WorkbenchError as error:
            self.failed.emit(error)
            return
        settings.remember("board", board.id)
        if self.project is None:
            self._board_id, self._board = board.id, board
            self.board_changed.emit()
            return
        from workbench.operations.settings import change_settings
        from workbench.project.settings import ProjectSettings

        self.perform(change_settings, dataclasses.replace(self.project.settings(ProjectSettings), board=board.id))

    def forget_board(self) -> None:
        """Look the board up anew, after one was removed or changed."""
        self._board = None
        self.board_changed.emit()
        self.recompute_figures()

    def recompute_figures(self) -> None:
        """Compute the fit bar's figures anew, as soon as what is going on has been drawn."""
        self._computing.forget()
        self.figures_stale = True
        self.figures_changed.emit()
        self._later.start()

    def _compute_figures(self) -> None:
        variant = self.project.current_variant() if self.project is not None else None
        if self.project is None or variant is None:
            self._take_figures(None)
            return
        from workbench.operations.fit_figures import compute_figures, fit_inputs

        try:
            inputs = fit_inputs(self.project, variant, self.board)
        except WorkbenchError as error:
            self._no_figures(error)
            return
        self._computing.ask(compute_figures, inputs, then=self._take_figures, failed=self._no_figures)

    def _take_figures(self, figures: FitFigures | None) -> None:
        self.figures, self.figures_stale = figures, False
        self.figures_changed.emit()

    def _no_figures(self, error: Exception) -> None:
        self._take_figures(None)
        self.fail(error)

    # --- capture -----------------------------------------------------------------------------------

    def set_capture_state(self, text: str, role: str = "good") -> None:
        """What the top bar says of the serial connection, "" when there is none; its dot is good, warn or bad."""
        if (text, role) != (self.capture_state, self.capture_role):
            self.capture_state, self.capture_role = text, role
            self.capture_changed.emit()
