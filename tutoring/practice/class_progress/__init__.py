"""How a class practises."""
