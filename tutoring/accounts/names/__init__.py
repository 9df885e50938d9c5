"""Display names: changes, former names, names at the time of writing."""
