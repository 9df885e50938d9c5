"""Plans and sends deliveries."""
