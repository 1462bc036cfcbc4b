"""Windows and labels to a trained model and its evaluation."""
