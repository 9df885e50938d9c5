"""Records that a learner has completed a path."""
