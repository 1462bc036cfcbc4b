"""Keras model to .tflite bytes, and running them."""
