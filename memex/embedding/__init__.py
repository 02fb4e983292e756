"""Text → vectors. Light to import: runtimes load when a model is opened."""

import os

# From 1.29 on, onnxruntime reports its use to Microsoft and leaves a device id in the user's cache, unless
# this is set before its import; its `disable_telemetry_events` comes too late for both.
# https://github.com/microsoft/onnxruntime/pull/27379
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
