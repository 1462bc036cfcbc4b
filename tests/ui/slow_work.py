"""Functions that the tests' child processes run; a module of its own, because the child imports it by name."""

from __future__ import annotations

import dataclasses
import os
import threading
from pathlib import Path

from workbench.boards import find_board
from workbench.compression.recipe import Recipe
from workbench.errors import BadFile
from workbench.jobs import Job
from workbench.operations.fit_figures import FitInputs
from workbench.operations.memory import read_model
from workbench.operations.search.record import Found, Trial
from workbench.operations.sliders import Sliders, Tried, read_slider_data
from workbench.operations.verified import keep
from workbench.operations.verify_wanted import Verify
from workbench.project.store import Project
from workbench.target.core import board_core
from workbench.target.cycles import InstructionMix
from workbench.target.image_file import FlashSizes
from workbench.target.verify import RamSizes, StepCount, Verification


def count(number: int, *, job: Job) -> str:
    for value in range(number):
        job.progress("counting", value / number)
        job.report("number", value=value)
    return f"counted {number}"


def wait_for(name: str, *, job: Job) -> str:
    while not job.cancelled:
        threading.Event().wait(0.01)
    return name


def ignore_everything(*, job: Job) -> None:
    job.progress("busy")
    threading.Event().wait()


def refuse(*, job: Job) -> None:
    raise BadFile("It is empty.", where="a.csv", to_do="Record again.")


def crash(*, job: Job) -> None:
    job.progress("converting")
    os._exit(3)


def refuse_two(_folder: object, _wanted: object, *, job: Job) -> None:
    refuse(job=job)


def fine_tuned(folder: Path, recipe: Recipe, inputs: FitInputs, *, run_id: int, job: Job) -> Tried:
    """As after fine-tuning, of the model as it was; half of the weights takes for ever."""
    if recipe.sparsity == 0.5:
        wait_for("cancel", job=job)
    sliders = Sliders(read_slider_data(folder, run_id, job=job))
    try:
        return dataclasses.replace(sliders.try_recipe(recipe, inputs), layers=())
    finally:
        sliders.close()


def verified(folder: Path, wanted: Verify, *, job: Job) -> Verification:
    """What an emulator would find, kept as one's own."""
    steps = (StepCount(0, "CONV_2D", 10, 64_000, 500), StepCount(None, "between the steps", 1, 10, 0))
    found = Verification(
        core="cortex-m4", compiler="zig", option="speed", bit_exact=True, against="TFLM", difference="", windows=1,
        instructions=11, cycles=64_010, cycles_low=6e4, cycles_high=7e4, cycles_source="a manual",
        flash=FlashSizes(code=1_000, weights=500, constants=50), ram=RamSizes(4_000, 0, 200), per_operator=steps,
        mix=InstructionMix(4, 3, 4),
    )  # fmt: skip
    with Project.open(folder) as project:
        variant = project.current_variant()
        assert variant is not None
        model = read_model(project.path(variant.model_file))
    keep(model, found, board_core(find_board(wanted.board)), None)
    return found


def die(*_args: object, job: Job, **_options: object) -> None:
    job.progress("converting")
    os._exit(3)


def pretend_search(_folder: Path, board: str, _settings: object, *, fresh: bool, job: Job) -> None:
    """One trial, and then nothing until it is paused."""
    only = Trial(0, "judged", "a model", {}, quality=0.9, flash=1e5, ram=1e4, latency=1e-3, energy=1e-6, fits=True)
    job.report("found", found=Found("a-search", board, "classification", "", 10.0, trials=(only,)))
    job.report("clock", left_s=500.0, running=2)
    while not job.cancelled:
        threading.Event().wait(0.01)
