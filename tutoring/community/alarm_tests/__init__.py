"""Test alarms of a unit, and its readiness to admit minors.

A unit is ready if two people on call answered a test alarm recently.
"""
