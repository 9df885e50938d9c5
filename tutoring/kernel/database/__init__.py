"""What database statements need beside `kernel/db.py`: time limits, SQL of both databases, the schema's version."""
