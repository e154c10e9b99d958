"""Who is who, guessed: names that may be several people, names that may be one. Nothing here changes ``content/``."""
