"""What `make` runs around the generator: the browser of the tests, the audit of the built site."""
