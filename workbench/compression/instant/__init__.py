"""Recipes without retraining, answered at once and exactly: the converter's and the device's arithmetic in numpy."""
