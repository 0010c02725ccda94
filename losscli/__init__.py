"""Losses of a file of predictions: how large they are, and how sure that is."""

__version__ = "0.1.0"
