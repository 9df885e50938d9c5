"""What sponsored internet does when others announce something."""
