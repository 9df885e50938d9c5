"""Cùng Học: people nearby help each other to learn online, then to use public services."""

VERSION = "0.1.0"  # the only place; the wheel takes it from here
