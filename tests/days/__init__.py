"""Working days, typed with the real commands: each can be read as documentation of its kind."""
