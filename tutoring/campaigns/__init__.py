"""Campaigns: a goal, what counts, the materials made from lessons, and what brought people."""
