"""Running the site in the browser: pages over the same commands, policy and audit chain as everybody's."""
