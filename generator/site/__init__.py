"""Catalog -> site/: pages, feeds, search. Knows no source and no network."""
