"""A .tflite file as plain data: bytes → ``Graph``, checked against malformed input. Imports no TensorFlow."""
