"""The lesson catalogue: paths, lessons, steps, checkpoints, progress, skills, search."""
