"""Wire protocols, one a file. ``parser.py`` says what each of them gives."""
