"""A static site generator for curated paper digests: world -> content/ -> Catalog -> site/."""

__version__ = "0.1.0"
