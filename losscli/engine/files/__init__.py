"""Files and frames as streams of blocks of rows."""
