"""Whole paths on paper: one page to print, and a PDF."""
