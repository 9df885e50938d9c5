"""Licences, bill of materials and locks of what is installed."""
