"""Painted text that is longer than a line."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics


def wrapped(text: str, metrics: QFontMetrics, box: QRectF) -> str:
    """``text`` broken into the lines that fit into ``box``, the last one ended with … when more follows."""
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if metrics.horizontalAdvance(longer) <= box.width() or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    fitting = max(1, int(box.height() // metrics.lineSpacing()))
    if len(lines) > fitting:
        rest = " ".join(lines[fitting - 1 :])
        lines = [*lines[: fitting - 1], metrics.elidedText(rest, Qt.TextElideMode.ElideRight, round(box.width()))]
    return "\n".join(lines)
