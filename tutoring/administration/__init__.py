"""Site administration in the browser, over the same commands, policy and audit chain."""
