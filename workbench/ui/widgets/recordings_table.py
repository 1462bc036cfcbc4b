"""The recordings of a project as a table: find, relabel, rename, remove."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from workbench.project.model import Recording
from workbench.quantities import NOTHING
from workbench.ui import theme
from workbench.ui.widgets.elided_label import ElidedLabel
from workbench.ui.widgets.plot_arithmetic import duration, rate_in_words
from workbench.ui.widgets.row_table import Column, RowTable

_MOST_METADATA = 3  # columns; more facts of a recording stand in the tooltip of its name

_NOTES = Column("Notes", lambda recording: recording.notes, tip=lambda recording: recording.notes)


class RecordingsTable(QWidget):
    """Asks for changes by signals; shows what it is given."""

    chosen = Signal(int)  # the recording to look at
    relabel_asked = Signal(object, str)  # ids, label
    rename_asked = Signal(int, str)
    metadata_asked = Signal(int, str, str)  # id, key, value
    removal_asked = Signal(object)  # ids

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours: Mapping[str, QColor] = {}
        self._segments: Mapping[int, int] = {}
        self._keys: tuple[str, ...] = ()
        self._has_notes = True
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by name, label, subject …")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(160)
        self.filter.setAccessibleName("Filter recordings")
        self.count = ElidedLabel("muted")
        self.label = QComboBox()
        self.label.setEditable(True)
        self.label.setMinimumWidth(120)
        self.label.setAccessibleName("Label for the selected recordings")
        self.relabel = QPushButton("Relabel")
        self.remove = QPushButton("Remove")
        self.remove.setToolTip("Remove the selected recordings with their segments (Delete); undo brings them back")
        self.table = RowTable(self._columns(()), key=lambda recording: recording.id, many=True)
        self.table.setAccessibleName("Recordings")
        self._lay_out()
        self.filter.textChanged.connect(self._filter)
        self.relabel.clicked.connect(self._relabel)
        self.remove.clicked.connect(lambda: self.removal_asked.emit(self.table.selected()))
        self.table.removal_asked.connect(self.removal_asked)
        self.table.chosen.connect(self._tell_chosen)
        self.table.selection_settled.connect(self._selection_changed)
        self._selection_changed()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        row.addWidget(self.filter, 1)
        row.addWidget(self.count)
        row.addWidget(self.label)
        row.addWidget(self.relabel)
        row.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addLayout(row)
        column.addWidget(self.table, 1)

    def forget(self) -> None:
        """Another project: nothing typed for the one before stays."""
        self.filter.clear()
        self.label.clear()
        self.label.clearEditText()

    def set_recordings(
        self,
        recordings: Sequence[Recording],
        labels: Sequence[str],
        colours: Mapping[str, QColor],
        segments: Mapping[int, int],
    ) -> None:
        """Show these; ``segments`` is how many each has."""
        self._colours, self._segments = colours, segments
        keys = _telling_keys(recordings)[:_MOST_METADATA]
        has_notes = any(recording.notes for recording in recordings)
        if (keys, has_notes) != (self._keys, self._has_notes):
            self._keys, self._has_notes = keys, has_notes
            self.table.set_columns(self._columns(keys))
        self.table.set_rows(recordings)
        typed = self.label.currentText()
        self.label.clear()
        self.label.addItems(list(labels))
        self.label.setCurrentText(typed or (labels[0] if labels else ""))
        self._selection_changed()
        self._tell_count()

    def _columns(self, keys: Sequence[str]) -> list[Column]:
        return [
            Column(
                "Name",
                lambda recording: recording.name,
                tip=_everything,
                edit=lambda recording, text: self.rename_asked.emit(recording.id, text),
                stretch=True,
            ),
            Column(
                "Label",
                lambda recording: recording.label or NOTHING,
                sort=lambda recording: recording.label,
                chip=lambda recording: self._colours[recording.label] if recording.label else None,
                edit=lambda recording, text: self.relabel_asked.emit([recording.id], "" if text == NOTHING else text),
            ),
            *(self._fact(key) for key in keys),
            Column(
                "Segments",
                lambda recording: str(self._segments.get(recording.id, 0) or NOTHING),
                sort=lambda recording: self._segments.get(recording.id, 0),
                numeric=True,
            ),
            Column("Size", _size, sort=lambda recording: recording.seconds or 0.0, numeric=True),
            Column(
                "Rate",
                lambda recording: rate_in_words(recording.rate_hz) if recording.rate_hz else NOTHING,
                sort=lambda recording: recording.rate_hz or 0.0,
                numeric=True,
            ),
            *([_NOTES] if self._has_notes else []),
        ]

    def _fact(self, key: str) -> Column:
        """The column of one metadata field."""

        def text(recording: Recording) -> str:
            return recording.metadata.get(key, "")

        def edit(recording: Recording, value: str) -> None:
            self.metadata_asked.emit(recording.id, key, value)

        return Column(key, text, sort=lambda recording: _by_number(text(recording)), edit=edit)

    def _filter(self, text: str) -> None:
        self.table.set_filter(text)
        self._tell_count()

    def _tell_count(self) -> None:
        rows: list[Recording] = self.table.rows
        shown = self.table.shown_count
        seconds = sum(recording.seconds or 0.0 for recording in rows)
        what = "recording" if len(rows) == 1 else "recordings"
        of = f"{shown:,} of {len(rows):,} {what}" if shown != len(rows) else f"{len(rows):,} {what}"
        self.count.setText(f"{of} · {duration(seconds)}" if seconds else of)

    def _selection_changed(self) -> None:
        count = len(self.table.selected())
        for button in (self.relabel, self.remove):
            button.setEnabled(count > 0)
        many = f"{count} recordings" if count > 1 else "the selected recording"
        self.relabel.setToolTip(f"Give {many} this label" if count else "Select recordings first")

    def _tell_chosen(self, key: object) -> None:
        if isinstance(key, int):
            self.chosen.emit(key)

    def _relabel(self) -> None:
        self.relabel_asked.emit(self.table.selected(), self.label.currentText().strip())

    def focus_filter(self) -> None:
        """Put the caret into the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()


def _telling_keys(recordings: Sequence[Recording]) -> tuple[str, ...]:
    """The metadata fields, the most frequent first; those that are the same in every recording tell least."""
    found = Counter(key for recording in recordings for key in recording.metadata)
    values = {key: {recording.metadata.get(key) for recording in recordings} for key in found}
    return tuple(sorted(found, key=lambda key: (len(values[key]) == 1, -found[key])))


def _by_number(text: str) -> tuple[float, str]:
    """Sorts "2" before "10"."""
    try:
        return float(text), text
    except ValueError:
        return float("inf"), text


def _size(recording: Recording) -> str:
    if recording.shape is not None:
        return "×".join(str(side) for side in recording.shape[:2])
    return duration(recording.seconds) if recording.seconds is not None else NOTHING


def _everything(recording: Recording) -> str:
    facts = [f"{key}: {value}" for key, value in recording.metadata.items()]
    channels = ", ".join(channel.name for channel in recording.channels)
    return "\n".join([recording.name, *facts, f"channels: {channels}", f"from {recording.source}", recording.created])
