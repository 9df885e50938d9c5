"""Published answers: what solved a request, written anew by the helper for the next readers of a lesson's step."""
