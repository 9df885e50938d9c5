"""The monthly report of a unit: page, charts, CSV, PDF."""
