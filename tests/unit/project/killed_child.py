"""Run by test_crashes.py in a process of its own, which is killed at any moment.

Arguments: project folder, folder of files to import. Says "ready", then imports and labels without end.
"""

from __future__ import annotations

import sys
from pathlib import Path

from workbench.jobs import QuietJob
from workbench.operations.import_files import import_files
from workbench.operations.segments import add_segment
from workbench.project import Project
from workbench.project.importers import ImportOptions

project_folder, files = Path(sys.argv[1]), Path(sys.argv[2])
options = ImportOptions(rate_hz=100.0)
sys.stdout.write("ready\n")
sys.stdout.flush()
while True:
    summary = import_files(project_folder, [files], options, job=QuietJob()).value
    with Project.open(project_folder) as project, project.step("Two segments"):
        add_segment(project, summary.recording_ids[0], 0, 5, "first")
        add_segment(project, summary.recording_ids[1], 5, 9, "second")
