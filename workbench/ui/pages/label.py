"""Label: see every recording, and say what happens when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from workbench.errors import WorkbenchError
from workbench.operations.outcome import Topic
from workbench.operations.recordings import relabel_recordings, remove_recordings, rename_recording, set_metadata
from workbench.operations.segments import add_segment, move_segment, relabel_segment, remove_segments
from workbench.project.model import Recording, Segment
from workbench.project.store import Project
from workbench.quantities import THIN_SPACE
from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.pages.page import EmptyState, Page
from workbench.ui.session import Session
from workbench.ui.widgets.elided_label import ElidedLabel
from workbench.ui.widgets.label_palette import LabelPalette
from workbench.ui.widgets.lane_headers import Lane
from workbench.ui.widgets.picture_grid import GridPicture, PictureGrid, to_image
from workbench.ui.widgets.plot_arithmetic import rate_in_words, time_unit
from workbench.ui.widgets.recordings_table import RecordingsTable
from workbench.ui.widgets.roles import flat_button, titled, words
from workbench.ui.widgets.row_table import Column, RowTable
from workbench.ui.widgets.segment_lane import LaneSegment
from workbench.ui.widgets.waveform import Waveform

_SIDE_WIDTH = 240  # px
_NEW_LABEL = "segment"  # for a project that has no label yet


class LabelPage(Page):
    """Waveform or pictures on top, the table of recordings below, labels and segments at the side."""

    id: ClassVar[str] = "label"
    title: ClassVar[str] = "Label"
    help_text: ClassVar[str] = (
        "Choose a recording in the table below to see it. Turn the wheel to zoom, drag to pan, or drag the frame in "
        "the overview.\n\n"
        "Drag in the lane under the waveform to add a segment with the label that is marked at the right. Drag a "
        "segment to move it, its edges to resize it; Delete removes it. A segment's label counts in place of the "
        "recording's for the rows it covers.\n\n"
        "While the waveform has the focus: 1 to 9 give the selected segment that label, arrows pan and zoom, 0 shows "
        "everything, Escape gives up a drag.\n\n"
        "Names, labels and facts such as the subject are edited in the table (F2). Every step can be undone."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._recordings: dict[int, Recording] = {}
        self._segments: dict[int, Segment] = {}  # of the recording in view
        self._colours: dict[str, QColor] = {}
        self._in_view: int | None = None
        self._project: Project | None = None  # the one whose recordings are shown
        self._build()
        self._connect()

    # --- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self.heading = words("", "title")
        self.facts = ElidedLabel("muted")
        self.undo_button = flat_button("Undo")
        self.redo_button = flat_button("Redo")
        self.waveform = Waveform()
        self.grid = PictureGrid(self._load_picture)
        self.view = QStackedWidget()
        self.view.addWidget(self.waveform)
        self.view.addWidget(self.grid)
        self.table = RecordingsTable()
        self.palette_list = LabelPalette()
        self.segments_table = RowTable(self._segment_columns(), key=lambda segment: segment.id, many=True)
        self.segments_table.setAccessibleName("Segments of this recording")
        self.empty = EmptyState(
            "No recordings yet",
            "Record from a board on the Capture page, or drop CSV, NPY, WAV or picture files anywhere on this window.",
            ("Import files…", lambda: self.trigger("project.import")),
        )
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self._lay_out())
        self.content.addWidget(self.pages)

    def _lay_out(self) -> QWidget:
        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        head.addWidget(self.heading)
        head.addWidget(self.facts, 1)
        head.addWidget(self.undo_button)
        head.addWidget(self.redo_button)
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        left = QSplitter(Qt.Orientation.Vertical)
        left.setHandleWidth(theme.GRID)
        left.setChildrenCollapsible(False)
        left.addWidget(top)
        left.addWidget(self.table)
        left.setStretchFactor(0, 3)
        left.setStretchFactor(1, 1)
        left.setSizes([460, 220])
        self.segments_panel = titled("Segments", self.segments_table)
        side = QSplitter(Qt.Orientation.Vertical)
        side.setFixedWidth(_SIDE_WIDTH)
        side.setHandleWidth(theme.GRID)
        side.setChildrenCollapsible(False)
        side.addWidget(titled("Labels", self.palette_list))
        side.addWidget(self.segments_panel)
        side.setSizes([320, 320])  # nine labels, as many as have keys
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(left, 1)
        row.addWidget(side)
        return whole

    def _segment_columns(self) -> list[Column]:
        def time(row: int) -> str:
            recording = self._recordings.get(self._in_view or 0)
            if recording is None or not recording.rate_hz:
                return str(row)
            length, unit = time_unit(recording.rows / recording.rate_hz)
            return f"{row / recording.rate_hz / length:.2f}{THIN_SPACE}{unit}"

        return [
            Column(
                "Label",
                lambda segment: segment.label,
                chip=lambda segment: self._colours.get(segment.label),
                edit=lambda segment, text: self._relabel_segment(segment.id, text),
                stretch=True,
            ),
            Column("From", lambda s: time(s.start), sort=lambda s: s.start, numeric=True),
            Column("To", lambda s: time(s.stop), sort=lambda s: s.stop, numeric=True),
        ]

    def _connect(self) -> None:
        perform = self.session.perform
        self.undo_button.clicked.connect(self.session.undo)
        self.redo_button.clicked.connect(self.session.redo)
        self.table.chosen.connect(self.show_recording)
        self.table.relabel_asked.connect(lambda ids, label: perform(relabel_recordings, ids, label))
        self.table.rename_asked.connect(lambda key, name: perform(rename_recording, key, name))
        self.table.metadata_asked.connect(lambda key, name, value: perform(set_metadata, [key], name, value))
        self.table.removal_asked.connect(self._remove_recordings)
        self.table.filter.textChanged.connect(lambda _text: self._show_pictures(fresh=False))
        self.waveform.segment_added.connect(self._add_segment)
        self.waveform.segment_resized.connect(lambda key, start, stop: perform(move_segment, key, start, stop))
        self.waveform.segment_selected.connect(self._segment_selected)
        self.waveform.segment_opened.connect(self._edit_segment)
        self.waveform.removal_asked.connect(lambda key: perform(remove_segments, [key]))
        self.waveform.label_key.connect(self.palette_list.choose_key)
        self.segments_table.chosen.connect(lambda key: self._select_segment(key, reveal=True))
        self.segments_table.removal_asked.connect(lambda keys: perform(remove_segments, keys))
        self.palette_list.label_chosen.connect(self._label_chosen)
        self.grid.label_key.connect(self.palette_list.choose_key)
        self.grid.removal_asked.connect(self._remove_recordings)
        self.grid.selection_changed.connect(self._pictures_selected)

    def page_actions(self) -> Sequence[Action]:
        def looking() -> bool:
            return self._in_view is not None

        return (
            Action("label.next", "Next recording", "Look at the next one", lambda: self._step(1), "Ctrl+Down", looking),
            Action(
                "label.back", "Previous recording", "Look at the one before", lambda: self._step(-1), "Ctrl+Up", looking
            ),
            Action(
                "label.filter", "Filter recordings", "Find by name, label, subject", self.table.focus_filter, "Ctrl+F"
            ),
        )

    # --- showing -----------------------------------------------------------------------------------

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        project = self.session.project
        if project is None:
            return
        if changed is not None and not changed & {Topic.RECORDINGS, Topic.SEGMENTS}:
            self._show_history()
            return
        another = project is not self._project
        if another:  # nothing of the project before may stay: ids and file names begin anew in each
            self._project = project
            self._in_view = None
            self._recordings = {}
            self.palette_list.forget()
            self.table.forget()
        before = self._recordings.get(self._in_view) if self._in_view is not None else None
        recordings = project.recordings()
        self._recordings = {recording.id: recording for recording in recordings}
        labels = project.recording_labels()
        self._colours = theme.label_colours(labels)
        self.empty.suit(project)
        self.pages.setCurrentIndex(1 if recordings else 0)
        self.palette_list.set_labels(labels, self._colours)
        counts = Counter(segment.recording_id for segment in project.segments())
        self.table.set_recordings(recordings, labels, self._colours, counts)
        self._show_history()
        pictures = any(recording.kind == "picture" for recording in recordings)
        self.view.setCurrentWidget(self.grid if pictures else self.waveform)
        self.segments_panel.setVisible(not pictures)
        if pictures:
            self._show_pictures(fresh=another)
        if self._in_view not in self._recordings:
            self._in_view = recordings[0].id if recordings else None
            self.table.table.choose(self._in_view)
        if self._in_view is None:
            return
        shown = self._recordings[self._in_view]
        if before is None or (before.id, before.file) != (shown.id, shown.file):
            self.show_recording(shown.id)
        else:
            self._tell_recording(shown)
            self._show_segments()

    def board_changed(self) -> None:
        """Nothing here depends on the board."""

    def show_recording(self, recording_id: int) -> None:
        """Bring a recording into view."""
        project = self.session.project
        recording = self._recordings.get(recording_id)
        if project is None or recording is None:
            return
        self._in_view = recording_id
        self._tell_recording(recording)
        if recording.kind == "picture":
            return
        try:
            samples = project.samples(recording)
        except WorkbenchError as error:
            self.show_error(error)
            return
        lanes = [Lane(channel.name, channel.unit) for channel in recording.channels]
        self.waveform.show_recording(samples, recording.rate_hz or 1.0, lanes, recording.gaps)
        self._show_segments()

    def look_at(self, recording_id: int, start: int, stop: int) -> None:
        """Bring rows ``start`` to ``stop`` of a recording into view, or a picture."""
        self.table.filter.clear()
        if recording_id not in self._recordings:
            self.show_message("warn", "That recording is not in the project any more.")
            return
        self.table.table.choose(recording_id)
        self.show_recording(recording_id)
        if self._recordings[recording_id].kind == "picture":
            self.grid.choose(recording_id)
        else:
            self.waveform.look_at(start, stop)

    def _tell_recording(self, recording: Recording) -> None:
        self.heading.setText(recording.name)
        facts = [recording.label or "no label", *(f"{key} {value}" for key, value in recording.metadata.items())]
        if recording.seconds is not None and recording.rate_hz:
            facts.append(f"{recording.rows:,} rows, {rate_in_words(recording.rate_hz)}")
        if recording.notes:
            facts.append(recording.notes)
        self.facts.setText("  ·  ".join(facts))

    def _show_segments(self) -> None:
        project = self.session.project
        if project is None or self._in_view is None:
            return
        found = project.segments(self._in_view)
        self._segments = {segment.id: segment for segment in found}
        lane = [LaneSegment(segment.id, segment.start, segment.stop, segment.label) for segment in found]
        self.waveform.set_segments(lane, self._colours)
        self.segments_table.set_rows(sorted(found, key=lambda segment: segment.start))

    def _show_pictures(self, *, fresh: bool) -> None:
        wanted = self.table.filter.text().casefold().split()
        pictures = [
            GridPicture(recording.id, recording.name, recording.label)
            for recording in self._recordings.values()
            if recording.kind == "picture"
            and all(word in f"{recording.name} {recording.label}".casefold() for word in wanted)
        ]
        self.grid.set_pictures(pictures, self._colours, fresh=fresh)

    def _load_picture(self, recording_id: int) -> QImage | None:
        project = self.session.project
        if project is None:
            return None
        try:
            return to_image(project.samples(project.recording(recording_id)))
        except WorkbenchError:
            return None  # the tile stays empty; opening the recording tells why

    def _show_history(self) -> None:
        project = self.session.project
        undo, redo = (project.undo_title, project.redo_title) if project is not None else (None, None)
        self.undo_button.setEnabled(undo is not None)
        self.undo_button.setToolTip(f"Undo: {undo} (Ctrl+Z)" if undo else "Nothing to undo")
        self.redo_button.setEnabled(redo is not None)
        self.redo_button.setToolTip(f"Redo: {redo} (Ctrl+Y)" if redo else "Nothing to redo")

    # --- changing ----------------------------------------------------------------------------------

    def _add_segment(self, start: int, stop: int) -> None:
        if self._in_view is None:
            return
        recording = self._recordings[self._in_view]
        label = self.palette_list.active or recording.label or _NEW_LABEL
        self.palette_list.activate(label)
        added = self.session.perform(add_segment, self._in_view, start, stop, label)
        if added is not None:
            self._select_segment(added)

    def _relabel_segment(self, segment_id: int, label: str) -> None:
        self.session.perform(relabel_segment, segment_id, label)

    def _label_chosen(self, label: str) -> None:
        """A label of the palette, or a number key: for the selection, and for what is added next."""
        if self.view.currentWidget() is self.grid:
            chosen = self.grid.selected()
            if chosen:
                self.session.perform(relabel_recordings, chosen, label)
        elif self.waveform.selected is not None:
            self._relabel_segment(self.waveform.selected, label)
        self.palette_list.activate(label)
        if label not in self.palette_list.labels:
            self._colours = theme.label_colours([*self.palette_list.labels, label])
            self.palette_list.set_labels([*self.palette_list.labels, label], self._colours)

    def _segment_selected(self, segment_id: int | None) -> None:
        self.segments_table.choose(segment_id)
        if segment_id is not None:
            self.palette_list.activate(self._segments[segment_id].label)

    def _select_segment(self, segment_id: int, *, reveal: bool = False) -> None:
        self.waveform.select(segment_id, reveal=reveal)
        self._segment_selected(segment_id)

    def _edit_segment(self, segment_id: int) -> None:
        self.segments_table.choose(segment_id)
        index = self.segments_table.index_of(segment_id)
        if index.isValid():
            self.segments_table.edit(index)

    def _remove_recordings(self, ids: Sequence[int]) -> None:
        self.session.perform(remove_recordings, ids)
        if not set(ids) & set(self._recordings):
            many = "1 recording" if len(ids) == 1 else f"{len(ids)} recordings"
            self.show_message("info", f"{many} removed.", ("Undo", self.session.undo))

    def _pictures_selected(self, ids: Sequence[int]) -> None:
        if ids:
            self._in_view = ids[0]
            self._tell_recording(self._recordings[ids[0]])
            self.table.table.choose(ids[0])

    def _step(self, by: int) -> None:
        table = self.table.table
        row = table.currentIndex().row() + by
        index = table.model().index(row, 0)
        if index.isValid():
            table.setCurrentIndex(index)
