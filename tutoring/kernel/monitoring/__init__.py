"""Health, metrics, heartbeat and correlation of log lines."""
