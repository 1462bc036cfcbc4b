"""Boards whose microcontroller is the USB device itself: the baud rate means nothing there.

Opening such a port at 1200 baud, and closing it, is how build tools send many of them to their boot loader. What
stands in no table here may be a bridge to a UART, where the baud rate matters.
"""

from __future__ import annotations

TOUCH_BAUD = 1200
# By vendor: the first and the last product, and which of them are bridges all the same.
_NATIVE = {
    0x2341: (0x8000, 0x8FFF, ()),  # Arduino: sketches on boards without a bridge
    0x239A: (0x8000, 0x8FFF, ()),  # Adafruit, likewise
    0x2E8A: (0x0001, 0xFFFF, (0x0004, 0x000C)),  # Raspberry Pi microcontrollers; two probes are bridges
    0x303A: (0x0001, 0x8FFF, ()),  # Espressif: USB of the chip itself
    0x16C0: (0x0483, 0x048F, ()),  # Teensy
}


def is_native(usb_id: tuple[int, int] | None) -> bool:
    """Whether the baud rate of this device is known to mean nothing."""
    if usb_id is None or usb_id[0] not in _NATIVE:
        return False
    first, last, bridges = _NATIVE[usb_id[0]]
    return first <= usb_id[1] <= last and usb_id[1] not in bridges
