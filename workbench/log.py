"""What went wrong inside, for whoever mends it: ``log.txt`` beside the preferences, never on the screen."""

from __future__ import annotations

import logging
import logging.handlers

from workbench import settings

_MOST_BYTES = 1_000_000


def log_to_file() -> None:
    """Send this process's log to the file; a second call does nothing."""
    root = logging.getLogger()
    if any(isinstance(handler, logging.handlers.RotatingFileHandler) for handler in root.handlers):
        return
    handler = logging.handlers.RotatingFileHandler(
        settings.home() / "log.txt", maxBytes=_MOST_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
