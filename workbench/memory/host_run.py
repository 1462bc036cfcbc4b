"""The child process of ``host_check.py``: standard input is a model, standard error what its allocator records."""

from __future__ import annotations

import sys

ARENA_BYTES = 64 << 20
REFUSED = 3  # exit status when TensorFlow Lite Micro does not take the model


def main() -> int:
    """Returns the exit status."""
    from tflite_micro import runtime

    try:
        interpreter = runtime.Interpreter.from_bytes(sys.stdin.buffer.read(), arena_size=ARENA_BYTES)
    except RuntimeError:
        return REFUSED
    interpreter.print_allocations()
    return 0


if __name__ == "__main__":
    sys.exit(main())
