"""The practice portal: simulates public services without real consequences."""
