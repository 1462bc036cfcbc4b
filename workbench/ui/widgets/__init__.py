"""Widgets that more than one page may use."""
