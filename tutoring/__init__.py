"""Cùng Học: people nearby help each other to learn online, and from there to use public services."""

VERSION = "0.1.0"  # as in pyproject.toml
