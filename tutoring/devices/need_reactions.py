"""What needs do when others announce something."""
