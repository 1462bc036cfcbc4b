"""Where a board is now: plugged in again it may come back under another name, and its boot loader under its own."""

from __future__ import annotations

from workbench.capture.ports import Port, find_port, same_device
from workbench.errors import PortError


class Whereabouts:
    """The name to open next. Until a port has been opened once, that is the name it was given."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._board: Port | None = None

    def look(self) -> str:
        """The name under which the board is now, by its USB id and serial number.

        Raises PortError when another device has taken the name, such as the board's own boot loader.
        """
        if self._board is None or self._board.usb_id is None:
            return self.name
        found = same_device(self._board)
        if found is not None:
            self.name = found
            return found
        there = find_port(self.name)
        if there is not None and there.usb_id not in (None, self._board.usb_id):
            raise PortError(
                f"Another device has this port now ({there.title.removeprefix(f'{self.name} – ')}).",
                where=self.name,
                to_do="A boot loader goes by itself or when reset is pressed once; connect again for another board.",
            )
        return self.name

    @property
    def native_usb(self) -> bool:
        """Whether the baud rate of the board that was opened last is known to mean nothing."""
        return self._board is not None and self._board.native_usb

    def opened(self) -> None:
        """The board has just been opened under this name."""
        self._board = find_port(self.name)
