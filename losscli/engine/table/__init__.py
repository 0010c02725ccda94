"""A data set: what its columns are, and its rows, checked."""
