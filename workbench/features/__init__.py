"""Windows to features: one block a file, each exactly reproducible by simple C."""
