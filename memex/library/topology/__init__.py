"""The map of all work: who is like whom, and what that says of the whole."""
