"""Cùng Học: people nearby help each other to learn online, and from there to use public services."""
