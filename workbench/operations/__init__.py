"""One verb a file, used by the window and the command line alike: the only code that changes a project."""
