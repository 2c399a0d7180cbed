"""Other shops, measured on the same machine by their own doors."""
