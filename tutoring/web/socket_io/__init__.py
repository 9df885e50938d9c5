"""Socket.IO: who may connect, which packets pass, event handlers one by one and in batches, and pushes."""
