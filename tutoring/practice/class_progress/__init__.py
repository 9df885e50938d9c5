"""The practice progress of a class."""
