"""The practice portal: rehearses a public service without real consequences."""
