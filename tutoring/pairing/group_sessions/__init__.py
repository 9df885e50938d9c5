"""Announced sessions and groups of similar requests."""
