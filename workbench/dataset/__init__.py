"""Recordings and labels to windows and splits."""
