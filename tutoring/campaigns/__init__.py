"""Campaigns: a goal, what counts, the materials made from lessons, and how people arrived."""
