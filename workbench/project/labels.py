"""What a label, a name or a metadata value may be."""

from __future__ import annotations

from workbench.errors import BadSetting

MOST_CHARACTERS = 100


def checked_text(text: str, what: str, *, may_be_empty: bool = False) -> str:
    """``text`` without spaces around it; raises BadSetting when it is empty, too long or not printable."""
    text = text.strip()
    if not text and not may_be_empty:
        raise BadSetting(f"The {what} is empty.", where=what)
    if len(text) > MOST_CHARACTERS:
        raise BadSetting(f"The {what} has {len(text)} characters; {MOST_CHARACTERS} are allowed.", where=what)
    if not text.isprintable():
        raise BadSetting(f"The {what} holds characters that cannot be shown.", where=what)
    return text


def tidy_text(text: str) -> str:
    """The nearest text that is allowed, for labels and names that come from files: never an error."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return printable.strip()[:MOST_CHARACTERS].strip()
