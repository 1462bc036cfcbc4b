"""Bytes from a board to samples: sources, wire protocols, the ring the window reads, the recorder."""

from workbench.capture.session import CaptureSession
from workbench.capture.status import CaptureState, CaptureStatus, Take, TakePart

__all__ = ["CaptureSession", "CaptureState", "CaptureStatus", "Take", "TakePart"]
