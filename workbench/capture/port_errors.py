"""Why a serial port cannot be opened, and what to do about it."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from workbench.errors import PortError

_LOG_IN_AGAIN = "then log out and in again"


def port_error(error: Exception, device: str, baud: int) -> PortError:
    """The message for an error that opening ``device`` gave."""
    code = error.errno if isinstance(error, OSError) else None
    text = str(error)
    if "://" in device:
        what, to_do = "Nothing answers there.", "Start the program that offers it, or check socket://host:number."
    elif not device or code in (errno.ENOTTY, errno.EISDIR) or "Inappropriate ioctl" in text:
        what, to_do = "This is no serial port.", "Choose a port from the list."
    elif isinstance(error, ValueError) or code == errno.EINVAL:
        what, to_do = f"The port does not take {baud} baud.", "Choose another baud rate, such as 115200."
    # Windows says "access denied" of a port that another program has open.
    elif code in (errno.EBUSY, errno.EAGAIN) or (sys.platform == "win32" and "PermissionError" in text):
        what, to_do = "Another program holds this port.", _how_to_free(device)
    elif code in (errno.EACCES, errno.EPERM):
        what, to_do = "You may not open this port.", _how_to_get_access(device)
    elif code in (errno.ENOENT, errno.ENXIO, errno.ENODEV) or "FileNotFoundError" in text:
        what, to_do = "There is no such port now.", "Plug the board in, or choose another port."
    else:
        what, to_do = f"The port cannot be opened ({text}).", "Unplug the board and plug it in again."
    return PortError(what, where=device, to_do=to_do)


def _how_to_free(device: str) -> str:
    holder = holder_of(device)
    if holder.startswith("ModemManager"):
        return "ModemManager looks whether it is a modem: wait ten seconds, or run: sudo systemctl stop ModemManager"
    return f"Close {holder or 'the serial monitor or whatever has it'}; it is taken back here by itself."


def holder_of(device: str) -> str:
    """A program that has the device open, as "name (process id)"; "" when that cannot be found out (Linux only)."""
    try:
        wanted = Path(device).resolve()
        for link in Path("/proc").glob("[0-9]*/fd/*"):
            try:
                if link.readlink() == wanted:
                    process = link.parent.parent
                    name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
                    return f"{name} (process {process.name})"
            except OSError:  # another user's program, or one that has just ended
                continue
    except OSError:
        pass
    return ""


def _how_to_get_access(device: str) -> str:
    if not sys.platform.startswith("linux"):
        return "Ask whoever looks after this computer for access to serial ports."
    group = _group_of(device)
    if group and group != "root":
        return f"Run: sudo usermod -aG {group} $USER, {_LOG_IN_AGAIN}."
    rule = 'KERNEL=="' + Path(device).name.rstrip("0123456789") + '*", TAG+="uaccess"'
    return (
        f"Write the line {rule} to /etc/udev/rules.d/70-boards.rules as root, "
        "run: sudo udevadm control --reload, and plug the board in again."
    )


def _group_of(device: str) -> str:
    try:
        return Path(device).group()
    except (OSError, KeyError):
        return ""
