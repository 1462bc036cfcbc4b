"""What every page has: room for its content, its settings at the right edge, messages below, help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workbench.errors import WorkbenchError
from workbench.ui import theme
from workbench.ui.widgets.message_bar import Kind, MessageBar

if TYPE_CHECKING:
    from workbench.operations.outcome import Topic
    from workbench.project.store import Project
    from workbench.ui.actions import Action
    from workbench.ui.job_bridge import JobView
    from workbench.ui.session import Session

SETTINGS_WIDTH = 296  # px


class Page(QWidget):
    """A station's page.

    A page adds its plots to ``self.content`` and its forms with ``add_settings``; it draws what the project
    holds in ``refresh``, which is called when the page is in view and something it may show has changed, and
    once with None when all of it is new (another project, first time in view).
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    settings_width: ClassVar[int] = SETTINGS_WIDTH
    help_text: ClassVar[str] = ""  # what F1 shows: plain text, paragraphs separated by blank lines

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.session = session
        self._news: set[Topic] = set()
        self._all_new = True

        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        centre = QVBoxLayout()
        centre.setContentsMargins(2 * theme.GRID, 2 * theme.GRID, 2 * theme.GRID, theme.GRID)
        centre.setSpacing(theme.GRID)
        columns.addLayout(centre, 1)
        self.content = QVBoxLayout()
        self.content.setSpacing(theme.GRID)
        centre.addLayout(self.content, 1)
        self.messages = MessageBar()
        centre.addWidget(self.messages)

        self._edge = QScrollArea()
        self._edge.setObjectName("settings_edge")
        self._edge.setFixedWidth(self.settings_width)
        self._edge.setWidgetResizable(True)
        self._edge.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._settings_column = QVBoxLayout(inside)
        self._settings_column.setContentsMargins(2 * theme.GRID, 2 * theme.GRID, 2 * theme.GRID, 2 * theme.GRID)
        self._settings_column.setSpacing(theme.GRID)
        self._settings_column.addStretch(1)
        self._edge.setWidget(inside)
        self._edge.hide()
        columns.addWidget(self._edge)

        session.changed.connect(self._note)
        session.opened.connect(self._start_over)
        session.closed.connect(self._start_over)
        session.board_changed.connect(self._board_changed)

    # --- for pages to override ---------------------------------------------------------------------

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        """Draw what has changed; None means everything. Called only while the page is in view."""

    def board_changed(self) -> None:
        """Another board was chosen, or its figures are new. Called only while the page is in view."""
        self.refresh(None)

    def page_actions(self) -> Sequence[Action]:
        """What this page adds to the palette, the menus and the shortcuts while it is in view."""
        return ()

    def leave(self) -> None:
        """The window is closing: end threads, timers and connections of this page's own."""

    # --- for pages to use --------------------------------------------------------------------------

    def add_settings(self, widget: QWidget, title: str = "", *, stretch: int = 0) -> QWidget:
        """Put a form (or a button below one, or a table that takes the room) at the right edge; returns ``widget``."""
        place = self._settings_column.count() - 1
        if title:
            heading = QLabel(title)
            heading.setProperty("role", "section")
            if place > 0:
                rule = QFrame()
                rule.setProperty("role", "rule")
                self._settings_column.insertWidget(place, rule)
                place += 1
            self._settings_column.insertWidget(place, heading)
            place += 1
        self._settings_column.insertWidget(place, widget, stretch)
        if stretch:
            self._settings_column.setStretch(self._settings_column.count() - 1, 0)
        self._edge.show()
        return widget

    def set_settings_visible(self, visible: bool) -> None:
        """Hide the settings while there is nothing to set."""
        self._edge.setVisible(visible)

    def show_message(self, kind: Kind | str, text: str, action: tuple[str, Callable[[], None]] | None = None) -> None:
        """Say something inline: ``kind`` is info, good, warn or bad; ``action`` a button's title and callback."""
        self.messages.show_message(kind, text, action)

    def show_error(self, error: WorkbenchError) -> None:
        """Show what happened, where, and what to do."""
        self.messages.show_error(error)

    def trigger(self, action_id: str) -> None:
        """Do one of the window's actions, such as "station.train" or "project.import"."""
        self.session.wanted.emit(action_id)

    def start(
        self,
        title: str,
        function: str,
        *args: Any,
        on_report: Callable[[str, dict[str, Any]], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        key: str = "",
        **kwargs: Any,
    ) -> JobView:
        """Run a long operation whose errors are shown on this page, even when another is in view by then."""
        return self.session.start(
            title,
            function,
            *args,
            on_report=on_report,
            on_done=on_done,
            on_failed=self.show_error,
            key=key,
            **kwargs,
        )

    # --- when to refresh ---------------------------------------------------------------------------

    def _note(self, changed: frozenset[Topic]) -> None:
        self._news |= changed
        if self.isVisible():
            self._catch_up()

    def _start_over(self) -> None:
        self._all_new = True
        self.messages.clear()
        if self.isVisible():
            self._catch_up()

    def _board_changed(self) -> None:
        if self.isVisible():
            self.board_changed()
        else:
            self._all_new = True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._catch_up()

    def _catch_up(self) -> None:
        if not self._all_new and not self._news:
            return
        changed = None if self._all_new else frozenset(self._news)
        self._all_new = False
        self._news = set()
        try:
            self.refresh(changed)
        except WorkbenchError as error:
            self.show_error(error)


@runtime_checkable
class LooksAtRecordings(Protocol):
    """A page that can be told which stretch of which recording to show."""

    def look_at(self, recording_id: int, start: int, stop: int) -> None:
        """Bring rows ``start`` to ``stop`` of a recording into view, with something around them."""


@runtime_checkable
class ExplainsFigures(Protocol):
    """A page that can be told which figure of the fit bar somebody asks about."""

    def explain(self, figure: str) -> None:
        """Bring into view where the figure of this name comes from."""


class EmptyState(QWidget):
    """What a page shows while there is nothing to draw: why, and a button that leads on."""

    def __init__(
        self, title: str, text: str, action: tuple[str, Callable[[], None]] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._usual = (title, text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        column.setSpacing(theme.GRID)
        column.addStretch(2)
        heading = QLabel(title)
        heading.setProperty("role", "title")
        heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(heading)
        self.heading = heading
        words = QLabel(text)
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setMaximumWidth(480)
        # Stretches in a row of its own, not an alignment: an aligned label forgets how high its words are.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(words, 100)
        row.addStretch(1)
        column.addLayout(row)
        self.words = words
        words.setTextFormat(Qt.TextFormat.PlainText)
        self.button: QPushButton | None = None
        if action is not None:
            self.button = QPushButton(action[0])
            self.button.setProperty("role", "primary")
            self.button.clicked.connect(action[1])
            column.addSpacing(theme.GRID)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def set_words(self, title: str, text: str) -> None:
        """Say something else."""
        self.heading.setText(title)
        self.words.setText(text)

    def suit(self, project: Project) -> None:
        """The usual words; of a project that was made for a model, why it has nothing here."""
        given = project.given_model
        if given is None:
            self.set_words(*self._usual)
            return
        works = "Compress, Memory and Export" if given.is_keras else "Memory and Export"
        self.set_words(
            "A model without recordings",
            f"{given.name} came without data, so there is nothing to see here. {works} work on it as it is. To train a "
            "model of your own, record on the Capture page or import files first.",
        )

    def lead_to(self, title: str, callback: Callable[[], None]) -> None:
        """Let the button lead elsewhere."""
        if self.button is not None:
            self.button.setText(title)
            self.button.clicked.disconnect()
            self.button.clicked.connect(callback)
