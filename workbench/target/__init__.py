"""What a model costs on a board: counted operations, instructions, cycles, seconds and joules."""
