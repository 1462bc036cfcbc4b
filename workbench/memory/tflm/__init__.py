"""What TensorFlow Lite Micro puts into its arena, followed allocation by allocation."""
