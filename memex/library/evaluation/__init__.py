"""How well search finds, measured on judged queries: `memex eval`."""
