"""Verifies the current variant in the background, so that figures of generated C become emulated ones by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.figures import Source

if TYPE_CHECKING:
    from workbench.errors import WorkbenchError
    from workbench.project.store import Project
    from workbench.target.verify import Verification
    from workbench.ui.session import Session

_KEY = "verify"  # one at a time: a new one takes the place of what runs
_QUIET_MS = 1500  # before work starts that nobody asked for
_VERIFY = "workbench.operations.verify:verify_model"


class AutoVerify(QObject):
    """Starts verifications; where one fails, it is told once and not tried again by itself."""

    verified = Signal(object)  # a Verification

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._tried: set[tuple[str, int, str, str]] = set()
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(self._start)
        session.figures_changed.connect(self._look)
        session.closed.connect(self._quiet.stop)

    def verify(self) -> None:
        """Verify the current variant now, because somebody asked."""
        self._quiet.stop()
        self._start(asked=True)

    def _look(self) -> None:
        self._quiet.stop()
        session = self._session
        figures, project = session.figures, session.project
        if project is None or figures is None or session.figures_stale:
            return
        if figures.latency.source is Source.ESTIMATED and self._deploys_c(project):
            self._quiet.start()

    def _deploys_c(self, project: Project) -> bool:
        from workbench.memory.fit import PLAIN_C
        from workbench.operations.memory import chosen_engine

        return chosen_engine(project, self._session.board) == PLAIN_C

    def _start(self, *, asked: bool = False) -> None:
        from workbench.operations.verify_wanted import Verify
        from workbench.project.settings import ProjectSettings

        project, board = self._session.project, self._session.board
        variant = project.current_variant() if project is not None else None
        if project is None or variant is None or not variant.runs_on_boards:
            return
        option = project.settings(ProjectSettings).code_option
        task = (str(project.folder), variant.id, board.id, option)
        if not asked and task in self._tried:
            return
        self._tried.add(task)
        self._session.start(
            f"Verify {variant.name} as plain C",
            _VERIFY,
            project.folder,
            Verify(board=board.id, option=option, variant_id=variant.id),
            key=_KEY,
            on_done=self._done,
            on_failed=self._session.fail if asked else self._failed,
        )

    def _done(self, found: Verification) -> None:
        self.verified.emit(found)
        self._session.recompute_figures()

    def _failed(self, error: WorkbenchError) -> None:
        self._session.told.emit("info", f"The figures of plain C stay estimates: {error}")
