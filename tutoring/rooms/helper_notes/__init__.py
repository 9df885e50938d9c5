"""A helper's private note on a learner."""
