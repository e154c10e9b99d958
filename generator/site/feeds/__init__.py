"""Feeds: what a subscriber's program reads. Pages that show the same are left to the modules beside this folder."""
