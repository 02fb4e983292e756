"""What agents wrote → `Session`: one reader a format, discovery of files, outcome. Imports only core."""
