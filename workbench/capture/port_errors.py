"""Why a serial port cannot be opened, and what to do about it."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path

from workbench.errors import PortError

_MODEM_MANAGER = "ModemManager"
_STOP_IT = "sudo systemctl stop ModemManager"
_RULES = "/etc/udev/rules.d/70-boards.rules"


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
    if holder.startswith(_MODEM_MANAGER):
        return f"{_MODEM_MANAGER} looks whether it is a modem: wait ten seconds, or run: {_STOP_IT}"
    if not holder and _is_running(_MODEM_MANAGER):  # its open files are the administrator's to see
        return f"Close the serial monitor or whatever has it. {_MODEM_MANAGER} runs here and may be it: {_STOP_IT}"
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


def _is_running(name: str) -> bool:
    """Whether a program of this name runs, whoever started it (Linux only)."""
    for file in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):  # it has just ended
            if file.read_text(encoding="utf-8", errors="replace").strip() == name:
                return True
    return False


def _how_to_get_access(device: str) -> str:
    if not sys.platform.startswith("linux"):
        return "Ask whoever looks after this computer for access to serial ports."
    group = _group_of(device)
    if group and group != "root":
        if _is_member(group):
            return f"You are in the group {group}, but not since you logged in: log out and in again."
        return f"Run: sudo usermod -aG {group} $USER, then log out and in again."
    rule = f'KERNEL=="{Path(device).name.rstrip("0123456789")}*", TAG+="uaccess"'
    return f"Run: echo '{rule}' | sudo tee {_RULES} && sudo udevadm control --reload, then plug the board in again."


def _is_member(group: str) -> bool:
    """Whether the person belongs to a group, even where this login does not know it yet."""
    import grp
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name in grp.getgrnam(group).gr_mem
    except KeyError:
        return False


def _group_of(device: str) -> str:
    try:
        return Path(device).group()
    except (OSError, KeyError):
        return ""
