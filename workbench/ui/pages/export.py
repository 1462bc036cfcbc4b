"""The export page: what will be written where, and one button that writes it."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QFontDatabase
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench import settings
from workbench.errors import NotPossible, WorkbenchError
from workbench.memory.fit import PLAIN_C
from workbench.operations.export import ExportResult, FileSketch, preview_folder
from workbench.operations.memory import chosen_engine
from workbench.operations.settings import change_settings
from workbench.project.settings import ProjectSettings
from workbench.quantities import exact_bytes, kilobytes
from workbench.ui import theme
from workbench.ui.background import Background
from workbench.ui.pages.page import EmptyState, Page
from workbench.ui.session import Session
from workbench.ui.widgets.message_bar import Kind
from workbench.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from workbench.operations.outcome import Topic
    from workbench.project.store import Project

_EXPORT = "workbench.operations.export:export"
_REMEMBERED = "export_folder"
_ENGINES = {"usual": "TFLM", "c": "Plain C"}
_WORDS = {
    False: "TensorFlow Lite Micro, features in C, sensors read. Opens in the Arduino IDE.",
    True: "The network as generated C, no library; features in C, sensors read. Opens in the Arduino IDE.",
}
_HEX_ROWS = 64  # of 16 bytes
_LONGEST_PREVIEW = 200_000  # characters; a model as C text is longer than anyone reads
_MARKS = {
    "new": ("new", "This file is not there yet."),
    "changed": ("changed", "The file that is there will be replaced."),
    "same": ("same", "The file that is there is the same."),
    "kept": ("kept", "You have edited this file: yours stays, the new one is put beside it."),
}


class ExportPage(Page):
    """Target card, tree of files with marks, preview of one file, the button."""

    id = "export"
    title = "Export"
    settings_width: ClassVar[int] = 320
    help_text = (
        "An export writes a folder that you open in the Arduino IDE: the model, the code that computes the same "
        "features as here, and a sketch that reads the sensors and prints scores.\n\n"
        "TFLM puts TensorFlow Lite Micro under the model, from a library that you install once. Plain C writes the "
        "network itself as C: less flash and RAM, usually faster, nothing to install. The choice is the project's, as "
        "on the memory page.\n\n"
        "The arena in it is as large as the memory page says, with the reason beside it in a comment.\n\n"
        "Marks say what happens to each file: new, changed, same, or kept when you have edited it yourself. Exporting "
        "again never loses your own changes."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._sketches: dict[str, FileSketch] = {}
        self._generating = Background(self)
        self.settled = False  # whether what is shown is of now
        self._stack = QStackedLayout()
        self.content.addLayout(self._stack)
        self._stack.addWidget(QWidget())  # until the files are generated for the first time
        self._nothing = EmptyState("", "", ("Go to Compress", lambda: self.trigger("station.compress")))
        self._stack.addWidget(self._nothing)
        self._picture = QWidget()
        self._stack.addWidget(self._picture)
        self._lay_out_picture()
        self._lay_out_edge()
        theme.appearance().changed.connect(self._recolour)

    def leave(self) -> None:
        self._generating.stop()

    # --- layout ------------------------------------------------------------------------------------

    def _lay_out_picture(self) -> None:
        column = QVBoxLayout(self._picture)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        self.heading = QLabel()
        self.heading.setProperty("role", "title")
        column.addWidget(self.heading)
        self.summary = QLabel()
        self.summary.setProperty("role", "muted")
        column.addWidget(self.summary)
        row = QHBoxLayout()
        row.setSpacing(2 * theme.GRID)
        self.tree = QTreeWidget()
        self.tree.setObjectName("export_tree")
        self.tree.setAccessibleName("Files to be written")
        self.tree.setHeaderLabels(["File", "Size", ""])
        self.tree.setIndentation(2 * theme.GRID)
        self.tree.setFixedWidth(340)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for number in (1, 2):
            header.setSectionResizeMode(number, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.currentItemChanged.connect(lambda item, _previous: self._preview(item))
        row.addWidget(self.tree)
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setAccessibleName("Preview of the file")
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        mono.setPointSizeF(self.font().pointSizeF())
        self.preview.setFont(mono)
        row.addWidget(self.preview, 1)
        column.addLayout(row, 1)

    def _lay_out_edge(self) -> None:
        self.card = _Card()
        self.add_settings(self.card, "Target")
        self.engine = Segmented(list(_ENGINES.values()), tip="What runs the model in the sketch")
        self.engine.chosen.connect(self._switch_engine)
        self.add_settings(self.engine, "The model is run by")
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        self.folder = QLineEdit(str(settings.preference(_REMEMBERED, "") or settings.projects_folder() / "firmware"))
        self.folder.setObjectName("export_folder")
        self.folder.setAccessibleName("Folder")
        self.folder.setToolTip("The firmware gets a folder of its own in this one.")
        self.folder.editingFinished.connect(self._folder_changed)
        row.addWidget(self.folder, 1)
        choose = QPushButton("Choose…")
        choose.clicked.connect(self._choose_folder)
        row.addWidget(choose)
        self.add_settings(place, "Into the folder")
        self.button = QPushButton("Export")
        self.button.setObjectName("export_button")
        self.button.setProperty("role", "big")
        self.button.clicked.connect(self.export)
        self.add_settings(self.button)

    # --- content -----------------------------------------------------------------------------------

    @property
    def out(self) -> Path:
        """The folder in which the firmware's own folder is made."""
        return Path(self.folder.text()).expanduser()

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        project, board = self.session.project, self.session.board
        self._generating.forget()
        self.settled = False
        if project is None:
            self._show_nothing("No project is open", "Open one to export its model.")
            return
        self._generating.ask(
            preview_folder, project.folder, board.id, self.out, then=self._generated, failed=self._cannot
        )

    def _cannot(self, error: Exception) -> None:
        project, board = self.session.project, self.session.board
        if project is None or not isinstance(error, WorkbenchError):
            self.session.fail(error)
        elif not isinstance(error, NotPossible):  # such as a folder that is not ours to write
            self.show_error(error)
            self._generating.ask(preview_folder, project.folder, board.id, then=self._generated, failed=self._cannot)
        else:
            self._refused(error)

    def _refused(self, reason: WorkbenchError) -> None:
        project, board = self.session.project, self.session.board
        if project is None:
            return
        variant = project.current_variant()
        if variant is None:
            self._show_nothing("Nothing to export yet", reason.to_do)
        else:
            self._show_nothing(f"{variant.name} cannot be exported", str(reason))
        if variant is not None and board.programmable and chosen_engine(project, board) == PLAIN_C:
            self._nothing.lead_to("Use TensorFlow Lite Micro", lambda: self._switch_engine(0))
        elif variant is None and not project.runs():
            self._nothing.lead_to("Go to Train", lambda: self.trigger("station.train"))
        elif variant is not None and not board.programmable:
            self._nothing.lead_to("Choose board…", lambda: self.trigger("board.choose"))
        elif variant is not None and variant.run_id is None and not _is_keras(project):
            self._nothing.lead_to("Open model…", lambda: self.trigger("project.open_model"))
        else:
            self._nothing.lead_to("Go to Compress", lambda: self.trigger("station.compress"))

    def _generated(self, sketches: list[FileSketch]) -> None:
        project, board = self.session.project, self.session.board
        variant = project.current_variant() if project is not None else None
        if project is None or variant is None:
            return
        self.settled = True
        self._stack.setCurrentWidget(self._picture)
        self.set_settings_visible(True)
        plain_c = chosen_engine(project, board) == PLAIN_C
        self.engine.choose(int(plain_c))
        self.card.show_board(board.name, board.toolchain.get("arduino", ""), plain_c=plain_c)
        self.heading.setText(f"{variant.name} for {board.name}")
        self._fill(sketches)

    def _switch_engine(self, place: int) -> None:
        project = self.session.project
        if project is not None:
            self.messages.clear()
            chosen = dataclasses.replace(project.settings(ProjectSettings), engine=list(_ENGINES)[place])
            self.session.perform(change_settings, chosen)

    def _show_nothing(self, title: str, text: str) -> None:
        self.settled = True
        self._sketches = {}
        self._nothing.set_words(title, text)
        self._stack.setCurrentWidget(self._nothing)
        self.set_settings_visible(False)

    def _fill(self, sketches: list[FileSketch]) -> None:
        chosen = self.tree.currentItem()
        kept = chosen.data(0, Qt.ItemDataRole.UserRole) if chosen is not None else None
        self._sketches = {sketch.path: sketch for sketch in sketches}
        self.tree.clear()
        folders: dict[PurePosixPath, QTreeWidgetItem] = {}
        for sketch in sorted(sketches, key=lambda one: (-one.path.count("/"), one.path.casefold())):
            path = PurePosixPath(sketch.path)
            mark, tip = _MARKS[sketch.status]
            item = QTreeWidgetItem([path.name, kilobytes(sketch.size), mark])
            item.setData(0, Qt.ItemDataRole.UserRole, sketch.path)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(1, exact_bytes(sketch.size))
            item.setToolTip(2, tip)
            self._home_of(path, folders).addChild(item)
        self.tree.setRootIsDecorated(bool(folders))
        self.tree.expandAll()
        self._recolour()
        total = sum(sketch.size for sketch in sketches)
        written = sum(sketch.status in ("new", "changed") for sketch in sketches)
        news = f"{written} of them new or changed" if written else "all as they are in the folder"
        self.summary.setText(f"{len(sketches)} files, {kilobytes(total)}; {news}")
        self._select(kept if kept in self._sketches else next((p for p in self._sketches if p.endswith(".ino")), None))

    def _home_of(self, path: PurePosixPath, folders: dict[PurePosixPath, QTreeWidgetItem]) -> QTreeWidgetItem:
        """The tree's item of the folder a file lies in, made when it is not there."""
        parent = path.parent
        if parent == PurePosixPath("."):
            return self.tree.invisibleRootItem()
        if parent not in folders:
            folders[parent] = QTreeWidgetItem([f"{parent.name}/"])
            self._home_of(parent, folders).addChild(folders[parent])
        return folders[parent]

    def items(self) -> dict[str, QTreeWidgetItem]:
        """The files' items by path."""
        found: dict[str, QTreeWidgetItem] = {}
        waiting = [self.tree.invisibleRootItem()]
        while waiting:
            item = waiting.pop()
            waiting += [child for i in range(item.childCount()) if (child := item.child(i)) is not None]
            path = item.data(0, Qt.ItemDataRole.UserRole)
            if path is not None:
                found[path] = item
        return found

    def _select(self, path: str | None) -> None:
        item = self.items().get(path or "")
        if item is not None:
            self.tree.setCurrentItem(item)

    def _recolour(self) -> None:
        tokens = theme.now()
        colours = {"new": tokens.good, "changed": tokens.warn, "same": tokens.muted, "kept": tokens.accent}
        for path, item in self.items().items():
            item.setForeground(1, QColor(tokens.muted))
            item.setForeground(2, QColor(colours[self._sketches[path].status]))

    def _preview(self, item: QTreeWidgetItem | None) -> None:
        path = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        self.preview.setPlainText(preview_text(self._sketches[path].content) if path in self._sketches else "")

    # --- doing it ----------------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Export into", str(self.out))
        if chosen:
            self.folder.setText(chosen)
            self._folder_changed()

    def _folder_changed(self) -> None:
        if settings.preference(_REMEMBERED) != self.folder.text():
            settings.remember(_REMEMBERED, self.folder.text())
            self.messages.clear()
            self.refresh(None)

    def export(self) -> None:
        """Write the folder, in a child process."""
        project = self.session.project
        if project is None:
            return
        self.messages.clear()
        had_focus = self.button.hasFocus()
        self.button.setEnabled(False)  # Qt gives its focus to another
        view = self.start("Export", _EXPORT, project.folder, self.out, self.session.board.id, on_done=self._exported)
        for ended in (view.finished, view.failed, view.cancelled):
            ended.connect(lambda *_: self._export_ended(had_focus))

    def _export_ended(self, had_focus: bool) -> None:
        self.button.setEnabled(True)
        if had_focus and self.isVisible():
            self.button.setFocus()

    def _exported(self, result: ExportResult) -> None:
        self.show_message(
            Kind.GOOD,
            f"{len(result.files)} files are in {result.folder}.",
            ("Open folder", partial(_open_folder, result.folder)),
        )
        self.refresh(None)


def _is_keras(project: Project) -> bool:
    return project.given_model is not None and project.given_model.is_keras


def _open_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


class _Card(QFrame):
    """The target format: what it is and which board it builds for."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(4)
        title = QLabel("Arduino sketch")
        title.setProperty("role", "title")
        column.addWidget(title)
        self.what = QLabel()
        self.what.setWordWrap(True)
        self.what.setProperty("role", "muted")
        column.addWidget(self.what)
        self.board = QLabel()
        self.board.setWordWrap(True)
        column.addWidget(self.board)

    def show_board(self, name: str, toolchain: str, *, plain_c: bool) -> None:
        """Say what runs the model, which board it builds for, and its name in the toolchain."""
        self.what.setText(_WORDS[plain_c])
        breakable = toolchain.replace(":", ":\u200b")  # a long name may go on in the next line
        self.board.setText(f"{name}\n{breakable}" if toolchain else name)


def preview_text(content: bytes) -> str:
    """A file as it reads: text as it is, anything else as hexadecimal with its beginning in letters."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _hex(content)
    if "\0" in text:
        return _hex(content)
    cut = f"\n… {len(text) - _LONGEST_PREVIEW:,} more characters" if len(text) > _LONGEST_PREVIEW else ""
    return text[:_LONGEST_PREVIEW] + cut


def _hex(content: bytes) -> str:
    rows = []
    for start in range(0, min(len(content), 16 * _HEX_ROWS), 16):
        part = content[start : start + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
        rows.append(f"{start:08x}  {part.hex(' '):<47}  {letters}")
    rest = len(content) - 16 * _HEX_ROWS
    return "\n".join(rows) + (f"\n… {exact_bytes(rest)} more" if rest > 0 else "")
