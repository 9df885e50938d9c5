"""The start page of each role, and what stands around every page."""
