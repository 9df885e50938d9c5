"""What drawings in PNG and PDF share: QR codes and the lines of a text."""
