"""What a site needs around the application: see docs/deploy.md."""
