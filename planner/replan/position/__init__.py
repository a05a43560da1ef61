"""Where things stand at the present."""
