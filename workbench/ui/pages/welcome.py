"""The first page: open a sample, a recent project, or start a new one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QWidget

from workbench.ui.pages.page import Page
from workbench.ui.session import Session

class WelcomePage(Page):
    """Samples with their pictures, recent projects, new and open."""
    id = "welcome"
    title = "Welcome"
    help_text = ""
