"""Pages -> Markdown -> HTML, by our templates and MkDocs. Which pages there are is left to ``pages``."""
