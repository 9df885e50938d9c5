"""Voice and screen calls: WebRTC signalling."""
