"""The digest for programs."""
