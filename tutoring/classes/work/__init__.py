"""Class work: what a teacher sets for a class, some of its pupils or their guardians, and how far each of them is."""
