"""What loans do when others announce something."""
