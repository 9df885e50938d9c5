"""Progress of learners in lessons."""
