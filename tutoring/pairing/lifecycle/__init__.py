"""Stages of a request, timers, room opening, avoidance."""
