"""How far each learner is."""
