"""Who is who, guessed: names that may be several people, names that may be one. Nothing here changes ``content/``."""

import os

# One thread sums in one order, so that the same content gives the same bytes; and nothing here is large enough for two.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
