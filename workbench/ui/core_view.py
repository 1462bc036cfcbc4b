"""What a variant does on the board's core: proven byte for byte, counted step by step, beside other engines."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.operations.core_facts import CoreFacts, StepFacts
from workbench.operations.side_by_side import EngineRow, Published
from workbench.quantities import NOTHING, exact_bytes, figure, percent, quantity
from workbench.target.verify import Verification
from workbench.ui import theme
from workbench.ui.widgets.comparison_table import ComparisonRow, ComparisonTable
from workbench.ui.widgets.roles import give_role, titled, words
from workbench.ui.widgets.row_table import Column, RowTable

_NOT_YET = (
    "Nobody has run this variant as plain C for this core yet. Verify compiles it, runs it on an emulated core on "
    "windows of the test split, and compares every byte with TensorFlow Lite Micro."
)


class CoreView(QWidget):
    """The outcome in words with the verify button, steps with what they take, engines side by side."""

    verify_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.outcome = words(_NOT_YET)
        self.outcome.setWordWrap(True)
        self.details = words("", "muted")
        self.details.setWordWrap(True)
        self.verify = QPushButton("Verify")
        self.verify.setToolTip("Compile as plain C, run on an emulated core, compare every byte")
        self.verify.clicked.connect(self.verify_wanted)
        self.steps = RowTable(_COLUMNS, key=lambda row: (row.operator, row.name))
        self.steps.setAccessibleName("Steps of an invocation")
        self.engines = ComparisonTable()
        self.engines.setAccessibleName("Engines side by side")
        self.saving = words("", "muted")
        self.saving.setWordWrap(True)
        self.others = ComparisonTable()
        self.others.setAccessibleName("Published figures")
        self.others_words = words("", "muted")
        self.others_words.setWordWrap(True)
        self._published = titled("Published by others", self.others, self.others_words, stretch=False)
        self._steps = titled("Steps of an invocation", self.steps)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        top = QHBoxLayout()
        top.addWidget(self.outcome, 1)
        top.addWidget(self.verify)
        column.addLayout(top)
        column.addWidget(self.details)
        column.addWidget(self._steps, 1)
        column.addWidget(titled("Engines on this board", self.engines, self.saving, stretch=False))
        column.addWidget(self._published)
        column.addStretch()

    def show_facts(self, facts: CoreFacts) -> None:
        """Show what is known."""
        found = facts.verification
        self.outcome.setText(_NOT_YET if found is None else outcome_in_words(found))
        give_role(self.outcome, "" if found is None or found.bit_exact is None else _role(found))
        self.details.setText("" if found is None else _details(found))
        self.details.setVisible(found is not None)
        self.verify.setText("Verify" if found is None else "Verify again")
        self._steps.setVisible(found is not None)
        self.steps.set_rows(facts.steps)
        self.engines.show_rows(*_engine_rows(facts.engines))
        self.saving.setText(_saving(facts.engines))
        self._show_published(facts.published, found)

    def _show_published(self, published: Published | None, found: Verification | None) -> None:
        self._published.setVisible(published is not None)
        if published is None:
            return
        clock = f"{published.core} at {published.clock_hz / 1e6:g} MHz"
        rows = [ComparisonRow(name, (quantity(value, "s"),)) for name, value in published.seconds.items()]
        if found is not None and found.core == published.core.lower():
            ours = quantity(published.seconds_at(found), "s")
            rows.insert(0, ComparisonRow("Plain C here, emulated", (ours,)))
        self.others.show_rows((clock,), rows)
        ram = "".join(f" {name}: {quantity(size, 'B')} of RAM." for name, size in published.ram.items())
        self.others_words.setText(f"{published.title}: {published.words}.{ram}")


def outcome_in_words(found: Verification) -> str:
    """The verdict of a verification in a sentence."""
    windows = f"{found.windows:,} window{'s' if found.windows != 1 else ''} of {found.windows_from}"
    if found.bit_exact is None:
        return f"It ran on {windows}; there was nothing to compare it with."
    if not found.bit_exact:
        return f"Not bit-exact with {found.against}: {found.difference}."
    return f"Bit-exact with {found.against} on {windows}."


def _role(found: Verification) -> str:
    return "good" if found.bit_exact else "bad"


def _details(found: Verification) -> str:
    low, high = f"{found.cycles_low:,.0f}", f"{found.cycles_high:,.0f}"
    flash, ram = found.flash, found.ram
    sentences = [
        f"{found.instructions:,} instructions, emulated; {found.cycles:,.0f} cycles ({low} to {high}), estimated by "
        f"{found.cycles_source}",
        f"flash {exact_bytes(flash.total)} (code {exact_bytes(flash.code)}), arena {exact_bytes(ram.arena)}, stack "
        f"{exact_bytes(ram.stack)}, compiled by {found.compiler} for {found.option}",
    ]
    return ". ".join((*sentences, f"Estimated: {found.note}" if found.note else "")).rstrip(". ") + "."


def _engine_rows(engines: tuple[EngineRow, ...]) -> tuple[tuple[str, ...], list[ComparisonRow]]:
    heads = tuple(row.title for row in engines)

    def known(name: str) -> tuple[str, ...]:
        shown = [getattr(row, name) for row in engines]
        return tuple(f"{figure(one)}, {one.source}" if one.value is not None else NOTHING for one in shown)

    rows = (("Flash", "flash"), ("RAM", "ram"), ("Time", "latency"), ("Energy", "energy"))
    return heads, [ComparisonRow(title, known(name)) for title, name in rows]


def _saving(engines: tuple[EngineRow, ...]) -> str:
    """What plain C saves against the last of the other engines, in a sentence; empty where one of them is unknown."""
    plain, *others = engines
    if not others:
        return ""
    other = others[-1]
    parts = []
    for what, name in (("flash", "flash"), ("RAM", "ram"), ("time", "latency"), ("energy", "energy")):
        ours, theirs = getattr(plain, name).value, getattr(other, name).value
        if ours is None or not theirs:
            return ""
        share = 1 - ours / theirs
        parts.append(f"{percent(abs(share))} {'less' if share >= 0 else 'more'} {what}")
    return f"Plain C against {other.title}: {', '.join(parts)}."


def _number(row: StepFacts) -> str:
    return NOTHING if row.operator is None else str(row.operator)


_COLUMNS = (
    Column("#", _number, lambda row: -1 if row.operator is None else row.operator, numeric=True),
    Column("Step", lambda row: row.name, stretch=True),
    Column("Instructions", lambda row: f"{row.instructions:,}", lambda row: row.instructions, numeric=True),
    Column("Cycles", lambda row: f"{row.cycles:,.0f}", lambda row: row.cycles, numeric=True),
    Column("Time", lambda row: quantity(row.seconds, "s"), lambda row: row.seconds, numeric=True),
    Column("Energy", lambda row: quantity(row.joules, "J"), lambda row: row.joules, numeric=True),
    Column("Share", lambda row: percent(row.share), lambda row: row.share, numeric=True),
    Column("Weights", lambda row: exact_bytes(row.weights_bytes), lambda row: row.weights_bytes, numeric=True),
)
