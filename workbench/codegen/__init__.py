"""Anything that can be deployed, as plain C99: no dependency, no malloc, no interpreter."""
