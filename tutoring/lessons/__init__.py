"""The lesson bank: paths, lessons, steps, checkpoints, progress, skills, search."""
