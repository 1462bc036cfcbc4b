"""Long work in a child process: progress, results, errors, cancel. Knows nothing of ML or Qt."""

from workbench.jobs.child import prepare_for_tensorflow
from workbench.jobs.events import Event, Failed, Finished, Progress, Report
from workbench.jobs.job import Cancelled, Job, QuietJob
from workbench.jobs.runner import RunningJob, cool_down, release_spare, run, start, warm_up
from workbench.jobs.share import share

__all__ = [
    "Cancelled",
    "Event",
    "Failed",
    "Finished",
    "Job",
    "Progress",
    "QuietJob",
    "Report",
    "RunningJob",
    "cool_down",
    "prepare_for_tensorflow",
    "release_spare",
    "run",
    "share",
    "start",
    "warm_up",
]
