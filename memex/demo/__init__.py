"""A library to try Memex on: transcripts of fictional projects, written for this purpose."""
