"""Scenarios as files: read, checked line by line, and handed out only without a fault. Pure: no clock, no database."""

from tutoring.practice.content.loader import load, load_file

__all__ = ["load", "load_file"]
