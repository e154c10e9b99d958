"""Citations: what a reference manager reads. What a person reads of a paper is left to the pages."""
