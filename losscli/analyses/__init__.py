"""One question each: from a specification to a `Result`. No printing, no exit, no file format."""
