"""What happens here when other features announce something."""
