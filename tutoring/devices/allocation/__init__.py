"""Which device goes to which need; two people decide."""
