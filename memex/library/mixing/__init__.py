"""Mix & Match: what is like some sessions and unlike others, in which lenses, and why."""
