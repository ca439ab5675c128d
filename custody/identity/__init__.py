"""Private keys of people: encrypted files, the agent that holds them for some minutes."""
