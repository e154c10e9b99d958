"""content/ -> Catalog: read only, built once; no network, no rendering."""
