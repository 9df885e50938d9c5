"""When no helper came: wished times, written answers."""
