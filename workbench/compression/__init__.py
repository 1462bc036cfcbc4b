"""A trained model and a recipe to a variant."""
