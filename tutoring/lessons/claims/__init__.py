"""Claims of lessons about the world, and when an editor last held each against its source."""
