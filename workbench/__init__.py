"""TinyML workbench: from a board's sensors to firmware that fits, on one desk."""

__version__ = "0.1.0"
