"""The start page of each role, and the frame around every page."""
