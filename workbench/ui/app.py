"""Opens the window, or renders its pages to pictures where there is no display."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from workbench.log import log_to_file
from workbench.ui import theme
from workbench.ui.main_window import MainWindow
from workbench.ui.pages import BOARDS, STATIONS, WELCOME
from workbench.ui.session import Session
from workbench.ui.theme import ThemeChoice

_SETTLE_ROUNDS = 20


def make_application() -> QApplication:
    """The Qt application, dressed in the theme."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("tinyml-workbench")
    app.setApplicationDisplayName("TinyML Workbench")
    theme.appearance().attach(app)
    return app


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window, on the project folder in ``argv`` when one is given; returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    log_to_file()
    app = make_application()
    session = Session()
    window = MainWindow(session)
    _say_defects_inline(session)
    window.restore()
    window.show()
    if arguments:
        session.open(Path(arguments[0]))
    return app.exec()


def render_pages(
    project_folder: Path, out: Path, themes: Sequence[str] = ("dark", "light"), size: tuple[int, int] = (1280, 800)
) -> list[Path]:
    """Draw every page of the window with this project open: ``<page>_<theme>.png`` in ``out``; returns the files."""
    out.mkdir(parents=True, exist_ok=True)
    app = make_application()
    session = Session()
    window = MainWindow(session)
    window.resize(*size)
    # A window that is never shown on a screen draws all the same, and nobody is disturbed by it.
    files = []
    try:
        window.show()
        for choice in themes:
            theme.appearance().choose(ThemeChoice(choice), remember=False)
            window.show_place(WELCOME.id)
            files.append(_picture(app, window, out / f"{WELCOME.id}_{choice}.png"))
        session.open(project_folder)
        for place in (*STATIONS, BOARDS):
            for choice in themes:
                theme.appearance().choose(ThemeChoice(choice), remember=False)
                window.show_place(place.id)
                files.append(_picture(app, window, out / f"{place.id}_{choice}.png"))
    finally:
        window.close()
        window.deleteLater()
        session.deleteLater()
        app.processEvents()
    return files


def _picture(app: QApplication, window: MainWindow, path: Path) -> Path:
    # Layouts settle, and figures and previews are computed by zero-length timers.
    for _ in range(_SETTLE_ROUNDS):
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
    window.grab().save(str(path))
    return path


def _say_defects_inline(session: Session) -> None:
    """A defect of ours is one line on the page and a traceback in the log, never a traceback for the user."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        session.fail(error)

    sys.excepthook = hook
