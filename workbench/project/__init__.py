"""What is saved: recordings, labels, settings, runs and variants, in one folder a project."""

from workbench.project.model import Channel, GivenModel, Recording, Run, Segment, Variant
from workbench.project.settings import ProjectSettings
from workbench.project.store import Project

__all__ = ["Channel", "GivenModel", "Project", "ProjectSettings", "Recording", "Run", "Segment", "Variant"]
