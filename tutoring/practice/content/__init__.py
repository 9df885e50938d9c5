"""Reads and checks scenario files; only scenarios without a fault are returned.

Pure: no clock, no database.
"""

from tutoring.practice.content.loader import load, load_file

__all__ = ["load", "load_file"]
