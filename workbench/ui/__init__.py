"""The window: one face of the operations. The only package that imports Qt."""
