"""Allocation rules, one family of kernels a file; ``table.py`` lists them by operator."""
