"""The one window: rail, top bar, the page in view, the fit bar; and the table of what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from workbench import jobs, settings
from workbench.errors import WorkbenchError
from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.board_menu import BoardMenu
from workbench.ui.build_ahead import BuildAhead
from workbench.ui.command_palette import CommandPalette
from workbench.ui.fit_bar import FitBar
from workbench.ui.pages import BOARDS, STATIONS, WELCOME, Station
from workbench.ui.pages.page import ExplainsFigures, LooksAtRecordings, Page
from workbench.ui.session import Session
from workbench.ui.theme import ThemeChoice
from workbench.ui.top_bar import TopBar
from workbench.ui.widgets.help_panel import HelpPanel
from workbench.ui.widgets.message_bar import Kind
from workbench.ui.widgets.progress_strip import ProgressStrip
from workbench.ui.widgets.rail import Rail

if TYPE_CHECKING:
    from workbench.operations.import_files import ImportSummary

_IDLE_MS = 4000  # after opening a project, before the spare child imports TensorFlow
_NEED_TENSORFLOW = (
    "workbench.operations.train:train",
    "workbench.operations.compress:compress",
    "workbench.operations.compress_model:compress_model",
    "workbench.operations.evaluate:report_on_test",
)
_WARM_MODULES = ("tensorflow", "tf_keras", *(function.partition(":")[0] for function in _NEED_TENSORFLOW))
_PLACES = {place.id: place for place in (WELCOME, *STATIONS, BOARDS)}


class MainWindow(QMainWindow):
    """Everything on the screen."""

    def __init__(self, session: Session, *, spare_child: bool = True, build_ahead: bool = True) -> None:
        """``spare_child``: keep a child process ready that has TensorFlow imported, while a project is open.

        ``build_ahead``: build all pages while there is nothing else to do; each is built at its first visit at last.
        """
        super().__init__()
        self.session = session
        self._spare_child = spare_child
        self.setObjectName("window")
        theme.appearance().mark(self)
        self.setWindowTitle("TinyML Workbench")
        self.setMinimumSize(1024, 640)
        self.resize(1280, 800)
        self.setAcceptDrops(True)
        self._pages: dict[str, Page] = {}

        self.top_bar = TopBar(session)
        self.rail = Rail(STATIONS)
        self.stack = QStackedWidget()
        self.help = HelpPanel()
        self.help.hide()
        self.strip = ProgressStrip(session.bridge)
        self.fit_bar = FitBar(session)
        self.setCentralWidget(self._lay_out())
        self.board_menu = BoardMenu(self)
        self.palette_popup = CommandPalette(self, self.all_actions)

        self.actions_table = self._actions()
        self._shortcuts = [self._shortcut(action, self) for action in self.actions_table if action.shortcut]
        self._menus = {name: self._menu(ids) for name, ids in _MENUS.items()}
        self._connect()
        self.show_place(WELCOME.id)
        self._ahead = BuildAhead((*STATIONS, BOARDS), self._built, self)
        if build_ahead:
            self._ahead.start()
        self.setFocus()  # not on the first button: a ring there would say that Enter opens a menu

    def _lay_out(self) -> QWidget:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        for widget in (self.rail, _rule(vertical=True)):
            middle.addWidget(widget)
        middle.addWidget(self.stack, 1)
        middle.addWidget(self.help)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(_rule())
        column.addLayout(middle, 1)
        column.addWidget(self.strip)
        column.addWidget(_rule())
        column.addWidget(self.fit_bar)
        return centre

    def _connect(self) -> None:
        session = self.session
        self.rail.chosen.connect(self.show_place)
        self.fit_bar.explain.connect(self._explain)
        self.top_bar.project.clicked.connect(lambda: self._drop_down("project", self.top_bar.project))
        self.top_bar.gear.clicked.connect(lambda: self._drop_down("settings", self.top_bar.gear))
        self.top_bar.board.clicked.connect(self.open_board_menu)
        self.top_bar.palette_button.clicked.connect(self.open_palette)
        self.board_menu.chosen.connect(session.choose_board)
        self.board_menu.facts_wanted.connect(lambda: self.show_place(BOARDS.id))
        self.help.closed.connect(self.help.hide)
        session.opened.connect(self._opened)
        session.closed.connect(self._closed)
        session.failed.connect(self._show_error)
        session.wanted.connect(self.trigger)
        session.window_wanted.connect(self._look_at)
        session.told.connect(self._show_message)
        theme.appearance().changed.connect(self._repaint)
        self._warm = QTimer(self)
        self._warm.setSingleShot(True)
        self._warm.setInterval(_IDLE_MS)
        self._warm.timeout.connect(self._warm_up)
        session.bridge.changed.connect(self._plan_warm_up)
        self.rail.set_open(session.project is not None)

    # --- pages -------------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page in view."""
        page = self.stack.currentWidget()
        assert isinstance(page, Page)  # noqa: S101  # only pages are put on the stack
        return page

    def show_place(self, place_id: str) -> None:
        """Bring a station (or the welcome or boards page) into view; only some make sense without a project."""
        place = _PLACES[place_id]
        if self.session.project is None and place in STATIONS:
            return
        self.stack.setCurrentWidget(self._built(place))
        self.rail.show_station(place.id if place in STATIONS else None)
        if self.help.isVisible():
            self._fill_help()

    def _built(self, place: Station) -> Page:
        """The page of a place, built when it is asked for the first time."""
        if place.id not in self._pages:
            page = self._pages[place.id] = place.make(self.session)
            for action in page.page_actions():
                if action.shortcut:
                    self._shortcut(action, page)  # Qt listens to it only while the page is visible
            self.stack.addWidget(page)
        return self._pages[place.id]

    def _explain(self, place_id: str, figure: str) -> None:
        """Bring into view what explains a figure of the fit bar."""
        self.show_place(place_id)
        if isinstance(self.page, ExplainsFigures):
            self.page.explain(figure)

    def _look_at(self, recording_id: int, start: int, stop: int) -> None:
        """Bring a stretch of a recording into view."""
        self.show_place("label")
        page = self.page
        assert isinstance(page, LooksAtRecordings)  # noqa: S101 - what the station "label" is
        page.look_at(recording_id, start, stop)

    def _opened(self) -> None:
        project = self.session.project
        if project is not None:
            self.setWindowTitle(f"{project.name} – TinyML Workbench")
        self.rail.set_open(True)
        # A model without recordings: what it takes is what one came to see.
        only_model = project is not None and project.given_model is not None and not project.recordings()
        self.show_place("memory" if only_model else STATIONS[0].id)
        self._plan_warm_up()

    def _closed(self) -> None:
        self.setWindowTitle("TinyML Workbench")
        self.rail.set_open(False)
        self._warm.stop()
        self.session.bridge.release_spare()
        self.show_place(WELCOME.id)

    def _show_error(self, error: WorkbenchError) -> None:
        self.page.show_error(error)

    def _show_message(self, kind: str, text: str) -> None:
        self.page.show_message(kind, text)

    def _repaint(self) -> None:
        for widget in self.findChildren(QWidget):
            widget.update()

    # --- the warm spare ----------------------------------------------------------------------------

    def _plan_warm_up(self) -> None:
        if self._spare_child and self.session.project is not None and not self.session.bridge.active:
            self._warm.start()
        else:
            self._warm.stop()

    def _warm_up(self) -> None:
        jobs.warm_up(*_WARM_MODULES, serves=_NEED_TENSORFLOW)

    # --- what can be done --------------------------------------------------------------------------

    def all_actions(self) -> Sequence[Action]:
        """What can be done now: everywhere, and on the page in view."""
        return (*self.page.page_actions(), *self.actions_table)

    def trigger(self, action_id: str) -> None:
        """Do one action of the table, when it can be done now."""
        action = next(action for action in self.actions_table if action.id == action_id)
        if action.enabled():
            action.callback()

    def _actions(self) -> tuple[Action, ...]:
        session = self.session

        def is_open() -> bool:
            return session.project is not None

        stations = tuple(
            Action(
                id=f"station.{station.id}",
                title=f"Go to {station.title}",
                tip=station.tip,
                shortcut=f"Ctrl+{number}",
                enabled=is_open,
                callback=partial(self.show_place, station.id),
            )
            for number, station in enumerate(STATIONS, start=1)
        )
        return (
            *stations,
            Action("project.welcome", "Welcome page", "Samples, recent projects", self._welcome, "Ctrl+0"),
            Action("project.new", "New project…", "Make an empty project in a new folder", self.new_project, "Ctrl+N"),
            Action("project.open", "Open project…", "Open a project folder", self.choose_project, "Ctrl+O"),
            Action(
                "project.open_model",
                "Open model…",
                "See what a .tflite or .keras file takes on the board, export it",
                self.choose_model,
                "Ctrl+Shift+O",
            ),
            Action(
                "project.import",
                "Import files…",
                "Bring recordings, sounds or pictures into the project",
                self.choose_files,
                "Ctrl+I",
                is_open,
            ),
            Action("project.close", "Close project", "Go back to the welcome page", session.close, "Ctrl+W", is_open),
            Action("window.quit", "Quit", "Close the window", self.close, "Ctrl+Q"),
            Action(
                "edit.undo",
                "Undo",
                "Take back the last step",
                session.undo,
                "Ctrl+Z",
                lambda: session.project is not None and session.project.undo_title is not None,
                lambda: self._step_title("Undo", redo=False),
            ),
            Action(
                "edit.redo",
                "Redo",
                "Do again what was taken back",
                session.redo,
                "Ctrl+Y",
                lambda: session.project is not None and session.project.redo_title is not None,
                lambda: self._step_title("Redo", redo=True),
            ),
            Action("board.choose", "Choose board…", "Search the boards", self.open_board_menu, "Ctrl+B"),
            Action(
                "board.facts",
                "Boards: facts and your own",
                "Every board's facts with their sources, and a form for yours",
                lambda: self.show_place(BOARDS.id),
            ),
            Action("window.palette", "Command palette", "Find anything you can do", self.open_palette, "Ctrl+K"),
            Action("help.page", "Help for this page", "What this page is for, and its keys", self.toggle_help, "F1"),
            Action("theme.dark", "Dark theme", "Light on dark", lambda: self._theme(ThemeChoice.DARK)),
            Action("theme.light", "Light theme", "Dark on light", lambda: self._theme(ThemeChoice.LIGHT)),
            Action(
                "theme.system",
                "Theme of the system",
                "Follow what the desktop says",
                lambda: self._theme(ThemeChoice.SYSTEM),
            ),
        )

    def _step_title(self, verb: str, *, redo: bool) -> str:
        project = self.session.project
        title = None if project is None else project.redo_title if redo else project.undo_title
        return f"{verb}: {title}" if title else verb

    def _shortcut(self, action: Action, owner: QWidget) -> QShortcut:
        def act() -> None:
            if action.enabled():
                action.callback()

        shortcut = QShortcut(QKeySequence(action.shortcut), owner)
        shortcut.setObjectName(action.id)
        shortcut.activated.connect(act)
        return shortcut

    def _menu(self, ids: Sequence[str]) -> QMenu:
        """A menu of these actions; "" is a dividing line, "*recent" the projects opened last."""
        table = {action.id: action for action in self.actions_table}
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for name in ids:
            if not name:
                menu.addSeparator()
                continue
            action = table[name]
            entry = QAction(action.title, menu)
            entry.setObjectName(name)
            entry.setToolTip(action.tip)
            # Shown beside the title only: the window's own shortcut is what listens.
            entry.setShortcut(QKeySequence(action.shortcut))
            entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            entry.triggered.connect(lambda _checked, todo=action.callback: todo())
            menu.addAction(entry)
            menu.aboutToShow.connect(lambda entry=entry, action=action: _freshen(entry, action))
        return menu

    def _drop_down(self, name: str, button: QWidget) -> None:
        menu = self._menus[name]
        left = button.width() - menu.sizeHint().width() if name == "settings" else 0
        menu.popup(button.mapToGlobal(QPoint(left, button.height() + 2)))

    # --- callbacks ---------------------------------------------------------------------------------

    def _welcome(self) -> None:
        self.show_place(WELCOME.id)

    def _theme(self, choice: ThemeChoice) -> None:
        theme.appearance().choose(choice)

    def open_palette(self) -> None:
        """Show the command palette."""
        self.palette_popup.open_over(self)

    def open_board_menu(self) -> None:
        """Show the boards below their button."""
        self.board_menu.load(self.session.board.id)
        button = self.top_bar.board
        left = button.width() // 2 - self.board_menu.width() // 2
        self.board_menu.open_at(button.mapToGlobal(QPoint(left, button.height() + 2)))

    def toggle_help(self) -> None:
        """Open or close the help beside the page."""
        self.help.setVisible(not self.help.isVisible())
        if self.help.isVisible():
            self._fill_help()

    def _fill_help(self) -> None:
        here = self.page
        always = [action for action in self.actions_table if not action.id.startswith("station.")]
        self.help.show_help(here.title, here.help_text, (*here.page_actions(), *always))

    def new_project(self) -> None:
        """Ask where the new project's folder goes, then make it."""
        start = str(settings.projects_folder() / "my project")
        chosen, _ = QFileDialog.getSaveFileName(
            self, "New project: choose a name", start, options=QFileDialog.Option.DontConfirmOverwrite
        )
        if chosen:
            self.session.create(Path(chosen), Path(chosen).name)

    def choose_project(self) -> None:
        """Ask for a project folder and open it."""
        chosen = QFileDialog.getExistingDirectory(self, "Open project", str(settings.projects_folder()))
        if chosen:
            self.session.open(Path(chosen))

    def choose_model(self) -> None:
        """Ask for a model file and open it."""
        from workbench.operations.model_file import MODEL_SUFFIXES

        filters = f"Models ({' '.join(f'*{suffix}' for suffix in MODEL_SUFFIXES)});;All files (*)"
        chosen, _ = QFileDialog.getOpenFileName(self, "Open model", str(Path.home()), filters)
        if chosen:
            self.session.open_model(Path(chosen))

    def choose_files(self) -> None:
        """Ask for files and import them."""
        from workbench.project.importers import FORMATS

        kinds = " ".join(f"*{suffix}" for suffix in FORMATS)
        filters = f"Recordings, sounds, pictures ({kinds});;All files (*)"
        chosen, _ = QFileDialog.getOpenFileNames(self, "Import files", str(Path.home()), filters)
        self.import_files([Path(name) for name in chosen])

    def import_files(self, paths: list[Path]) -> None:
        """Import files and folders into the open project, in a child process."""
        if not paths or self.session.project is None:
            return
        self.session.start(
            "Import files",
            "workbench.operations.import_files:import_files",
            self.session.project.folder,
            paths,
            on_done=self._imported,
        )

    def _imported(self, summary: ImportSummary) -> None:
        words = f"{_count(len(summary.recording_ids), 'recording')} from {_count(summary.files, 'file')}"
        self.page.show_message(Kind.GOOD, f"Imported {words}.")

    # --- the window itself -------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.take_paths(paths)

    def take_paths(self, paths: list[Path]) -> None:
        """Open a dropped project folder or model; import anything else into the open project."""
        from workbench.operations.model_file import is_model

        models = [path for path in paths if is_model(path)]
        projects = [path for path in paths if (path / "project.db").is_file()]
        if projects:
            self.session.open(projects[0])
        elif models:
            self.session.open_model(models[0])
            if len(paths) > 1:
                self.page.show_message(Kind.INFO, f"One model is opened at a time: {models[0].name}.")
        elif self.session.project is not None:
            self.import_files(paths)
        elif paths:
            self.page.show_message(
                Kind.INFO,
                "Files are imported into a project. Open one or make a new one first.",
                ("New project…", self.new_project),
            )

    def restore(self) -> None:
        """Where the window was the last time."""
        remembered = settings.preference("window")
        if isinstance(remembered, str):
            self.restoreGeometry(QByteArray.fromBase64(QByteArray(remembered.encode("ascii", "ignore"))))

    def closeEvent(self, event: QCloseEvent) -> None:
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        settings.remember("window", geometry)
        self._warm.stop()
        self._ahead.stop()
        for page in self._pages.values():
            page.leave()
        self.session.shut_down()
        event.accept()


_MENUS: dict[str, tuple[str, ...]] = {
    "project": (
        "project.new",
        "project.open",
        "project.open_model",
        "project.welcome",
        "",
        "project.import",
        "edit.undo",
        "edit.redo",
        "",
        "project.close",
        "window.quit",
    ),
    "settings": ("theme.system", "theme.dark", "theme.light", "", "window.palette", "help.page", "board.facts"),
}


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _freshen(entry: QAction, action: Action) -> None:
    entry.setText(action.shown_title.replace("&", "&&"))
    entry.setEnabled(action.enabled())


def _rule(*, vertical: bool = False) -> QFrame:
    rule = QFrame()
    rule.setProperty("role", "edge" if vertical else "rule")
    if vertical:
        rule.setFixedWidth(1)
    return rule
