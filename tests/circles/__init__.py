"""Tests of circles of parents."""
