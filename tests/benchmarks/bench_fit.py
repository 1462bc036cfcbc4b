"""The main job from end to end, as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SAMPLES = ("shoulder_exercises", "fashion_pictures", "seattle_temperature", "fan_simulated")


@pytest.mark.bench
@pytest.mark.parametrize("sample", SAMPLES)
def test_fit(sample: str, samples: Path, tmp_path: Path, figure: Callable[[str, str, str], None]) -> None:
    arguments = ["fit", str(samples / sample), "--board", "nano33ble_sense", "--out", str(tmp_path), "--json"]
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "workbench", *arguments], capture_output=True, text=True, check=True)
    seconds = time.monotonic() - began
    result = json.loads(done.stdout)
    target = "under 3 minutes on two cores" if sample == "shoulder_exercises" else ""
    figure(f"{sample}, seconds for fit", f"{seconds:.0f} s", target)
    by = result["split"]["by"]
    if result["task"] == "regression":
        errors = result["mae"]
        words = f"float {errors['float']:.3f}, int8 {errors['int8']:.3f} {result['unit']}"
        figure(f"{sample}, mean absolute error on the test split, by {by}", words, "")
    else:
        accuracy = result["accuracy"]
        low, high = accuracy["interval"]
        words = f"float {accuracy['float']:.3f}, int8 {accuracy['int8']:.3f} ({low:.3f} to {high:.3f})"
        target = "a random forest on simple statistics: 0.817" if sample == "shoulder_exercises" else ""
        figure(f"{sample}, accuracy on the test split, by {by}", words, target)
