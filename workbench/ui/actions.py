"""What a person can do, as one table: menus, palette, shortcuts and the test for duplicates read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """One thing to do: ``id`` as "group.verb", a title for menu and palette, a tip that says what comes of it.

    ``shortcut`` is written as Qt reads it ("Ctrl+K"), "" for none; ``title_now`` replaces the title by what it
    would do at the moment ("Undo: Relabel segment").
    """

    id: str
    title: str
    tip: str
    callback: Callable[[], object]
    shortcut: str = ""
    enabled: Callable[[], bool] = _always
    title_now: Callable[[], str] | None = None

    @property
    def shown_title(self) -> str:
        """The title as it reads now."""
        return self.title_now() if self.title_now is not None else self.title


def duplicate_shortcuts(actions: Iterable[Action]) -> list[str]:
    """The shortcuts that more than one action claims."""
    count = Counter(action.shortcut for action in actions if action.shortcut)
    return sorted(shortcut for shortcut, claims in count.items() if claims > 1)
