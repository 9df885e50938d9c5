"""School subjects of a class: which of its pupils help others with which subject."""
