"""The replay pane: one session, stepped through turn by turn."""
