"""How much flash and RAM the user's own firmware takes, read from what their linker wrote."""
