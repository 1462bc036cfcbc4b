"""The foot of the Capture page: the record bar, and the last takes below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.widgets.live_view import LiveView
from workbench.ui.widgets.record_bar import RecordBar
from workbench.ui.widgets.roles import words
from workbench.ui.widgets.takes_strip import TakeCard, TakesStrip

_SQUEEZE = 72  # px: so much lower than it would like what stands under the plot may be for the takes' sake


class RecordPanel(QFrame):
    """Shares the height of the page with the ``view`` above it, of which ``live`` is one.

    The settings of a series need the most room. Where they do not fit the takes give way first; then either what
    stands under the plot or the settings themselves, whichever was asked for earlier.
    """

    def __init__(self, view: QWidget, live: LiveView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._view, self._live = view, live
        self.record = RecordBar()
        self.takes = TakesStrip()
        self.takes.hide()
        self._no_takes = words("Takes appear here. Nothing recorded yet.", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * theme.GRID, theme.GRID, 2 * theme.GRID, theme.GRID)
        column.setSpacing(theme.GRID)
        for widget in (self.record, self.takes, self._no_takes):
            column.addWidget(widget)
        self.record.more.toggled.connect(lambda _open: self.share_room())
        self.record.form.changed.connect(lambda _value: self.share_room())
        live.below.chosen.connect(lambda _place: self._share_with_view())

    def set_takes(self, cards: Sequence[TakeCard], colours: Mapping[str, QColor]) -> None:
        """Show these, the newest first."""
        self.takes.set_takes(cards, colours)
        self._no_takes.setVisible(not cards)
        self.share_room()

    def share_room(self) -> None:
        """Settle who is shown; the settings win."""
        if self.record.more.isChecked() and self._spare() < 0:
            self._live.show_plot_only()
        self._place_takes()

    def _share_with_view(self) -> None:
        if self.record.more.isChecked() and self._spare() < 0:
            self.record.more.setChecked(False)
        self._place_takes()

    def _place_takes(self) -> None:
        tolerated = 0 if self.record.more.isChecked() else _SQUEEZE
        fits = self._spare() + tolerated >= self.takes.height() + theme.GRID
        self.takes.setVisible(bool(self.takes.cards) and fits)

    def _spare(self) -> int:
        """What the view and the record bar leave of the height that they have together with the takes, px."""
        room = self._view.height() + self.record.height()
        if self.takes.isVisible():
            room += self.takes.height() + theme.GRID
        return room - self._view.minimumSizeHint().height() - self.record.sizeHint().height()
