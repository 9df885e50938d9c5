"""The lifecycle of a request: stages, timers and room opening."""
