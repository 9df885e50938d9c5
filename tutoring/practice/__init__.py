"""The practice portal: rehearse a public service with nothing at stake."""
