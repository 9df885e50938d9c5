"""Skills and who may teach them."""
