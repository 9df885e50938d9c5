"""Pages of neighbourhoods and wards: who is on duty, what is announced, what members do, visits."""
