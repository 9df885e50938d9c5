"""The board of live rooms, for the people who look after them."""
