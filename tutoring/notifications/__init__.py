"""The inbox: what a person has to know, kept until read."""
