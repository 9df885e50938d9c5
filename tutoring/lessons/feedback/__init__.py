"""Feedback on whether a step was useful."""
