"""Icons and style sheets, read through `importlib.resources`."""
