"""Safety: message screening, what follows from findings, and risk over time. No web code."""
