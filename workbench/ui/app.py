"""Opens the window, or renders its pages to pictures where there is no display."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from workbench.errors import WorkbenchError
from workbench.log import log_to_file
from workbench.operations.model_file import is_model
from workbench.ui import theme
from workbench.ui.background import Background
from workbench.ui.main_window import MainWindow
from workbench.ui.pages import BOARDS, STATIONS, WELCOME
from workbench.ui.session import Session
from workbench.ui.theme import ThemeChoice

_SWITCH_S = 0.0005
_SETTLE_MS = 300  # pages wait a little before they compute a preview
_PATIENCE_MS = 30_000  # for what pages compute in child processes


def make_application() -> QApplication:
    """The Qt application, dressed in the theme."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("tinyml-workbench")
    # Painting takes and gives back Python's lock hundreds of times a frame: beside a thread that computes, each time
    # would take as long as that thread may keep it, 5 ms by default.
    sys.setswitchinterval(_SWITCH_S)
    app.setApplicationDisplayName("TinyML Workbench")
    theme.appearance().attach(app)
    return app


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window, on the project folder in ``argv`` when one is given; returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    log_to_file()
    # Qt's loop keeps Python from seeing Ctrl+C in the terminal. Children end when their pipe does.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    app = make_application()
    session = Session()
    window = MainWindow(session)
    _say_defects_inline(session)
    window.restore()
    window.show()
    if arguments:
        path = Path(arguments[0]).absolute()
        (session.open_model if is_model(path) else session.open)(path)
    return app.exec()


def render_pages(
    project_folder: Path, out: Path, themes: Sequence[str] = ("dark", "light"), size: tuple[int, int] = (1280, 800)
) -> list[Path]:
    """Draw every page of the window with this project open: ``<page>_<theme>.png`` in ``out``; returns the files.

    Raises BadProject when the folder is none.
    """
    out.mkdir(parents=True, exist_ok=True)
    app = make_application()
    session = Session()
    window = MainWindow(session, spare_child=False, build_ahead=False)
    window.resize(*size)
    chosen_before = theme.appearance().choice
    files = []
    errors: list[WorkbenchError] = []
    session.failed.connect(errors.append)
    try:
        QCursor.setPos(2 * size[0], 2 * size[1])  # no pointer over the pictures
        window.show()
        for place in (WELCOME, *STATIONS, BOARDS):
            if place in STATIONS and session.project is None and not session.open(project_folder):
                raise errors[-1]
            window.show_place(place.id)
            _settle(window)
            for choice in themes:
                theme.appearance().choose(ThemeChoice(choice), remember=False)
                app.processEvents()
                path = out / f"{place.id}_{choice}.png"
                window.grab().save(str(path))
                files.append(path)
    finally:
        window.close()
        window.deleteLater()
        session.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        theme.appearance().choose(chosen_before, remember=False)
    return files


def _settle(window: MainWindow) -> None:
    """Until the pages have drawn what they compute: in a moment, in a thread, or in a child process."""
    _let_pass(_SETTLE_MS)
    clock = QElapsedTimer()
    clock.start()
    while _computes(window) and clock.elapsed() < _PATIENCE_MS:
        _let_pass(_SETTLE_MS)
    _let_pass(_SETTLE_MS)


def _computes(window: MainWindow) -> bool:
    return bool(window.session.bridge.active) or any(one.busy for one in window.findChildren(Background))


def _let_pass(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _say_defects_inline(session: Session) -> None:
    """A defect of ours is one line on the page and a traceback in the log, never a traceback for the user."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        session.fail(error)

    sys.excepthook = hook
