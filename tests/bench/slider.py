"""Milliseconds of each slider step over 1,000 candidates, as JSON."""

import json
import sys

from PySide6.QtWidgets import QApplication

from tests.window.repaint import slider_step_ms

if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    sys.stdout.write(json.dumps(slider_step_ms(application, 1_000, 200)))
