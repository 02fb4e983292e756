"""The map of all work. Nothing of it is imported before the map is opened first."""
