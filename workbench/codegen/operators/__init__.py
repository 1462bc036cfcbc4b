"""What each operator becomes: one operator, or family of operators, a file."""
