"""School classes at work: what a teacher sets for a class, how far each pupil is, and the letter of the week."""
