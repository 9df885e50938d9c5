"""Test alarms of a unit, and whether it is ready to take in minors: two people on call have answered one lately."""
