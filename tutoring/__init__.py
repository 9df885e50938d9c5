"""Cùng Học: people nearby help each other to learn online, then to use public services."""

VERSION = "0.1.0"  # as in pyproject.toml
