"""Pages of handing over, of loans and of thanks."""
