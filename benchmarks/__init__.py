"""What a build costs, measured; nothing here is part of the package."""
