"""Fixtures of this folder."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def host() -> ModuleType:
    """host_library.py of this folder."""
    spec = importlib.util.spec_from_file_location("host_library", Path(__file__).with_name("host_library.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
