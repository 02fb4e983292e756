"""The window: Qt lives here and nowhere else. `app.py` is the composition root."""
