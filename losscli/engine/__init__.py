"""Rows in, numbers out: reading, checking, folding and inference; knows no question and no terminal."""
