"""A session taken out of the library: one file that needs neither Memex nor a network."""
