"""The order in which each kernel of the plain-C engine reads and writes, one family of operators a file."""
