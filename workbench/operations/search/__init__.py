"""Search for the best model that fits a board: knobs, trials, workers, and what was found."""
