"""Walk-in queue of a ward's desk: numbers with and without a phone, desks, the wall display, figures of waiting."""
