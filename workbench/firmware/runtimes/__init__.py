"""What runs the model inside the sketch, one runtime a file."""
