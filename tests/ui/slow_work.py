"""Functions that the tests' child processes run; a module of its own, because the child imports it by name."""

from __future__ import annotations

import os
import threading

from workbench.errors import BadFile
from workbench.jobs import Job


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
