"""One loop over rows: quantities of rows, and what is gathered of them."""
