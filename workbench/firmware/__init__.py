"""Everything an export needs to a folder of files that builds; one build system a file."""
