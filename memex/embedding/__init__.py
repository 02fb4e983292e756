"""Text → vectors. Light to import: runtimes load when a model is opened."""
