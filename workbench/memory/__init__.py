"""What a model takes on a board: tensor lifetimes, arena, flash and RAM by part."""
