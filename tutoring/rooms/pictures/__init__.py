"""Pictures in rooms and annotations on them."""
