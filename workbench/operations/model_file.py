"""Which files are models, told by their names; the rest of opening one is in open_model.py."""

from __future__ import annotations

from pathlib import Path

MODEL_SUFFIXES = (".tflite", ".keras")
_OTHERS = (".h5", ".hdf5", ".onnx", ".pb", ".pt", ".pth")  # models too, told from recordings to say what to do


def is_model(path: Path) -> bool:
    """Whether a path is named like a model, one that can be opened or not."""
    return path.suffix.lower() in (*MODEL_SUFFIXES, *_OTHERS)
