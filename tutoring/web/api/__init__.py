"""What requests to the API have of their own: tokens instead of cookies, and errors as problem+json."""
