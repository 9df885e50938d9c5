"""The letter of a week to a class, written by its teacher from the sums of that week."""
