"""A session's turns, read again from where its transcript is now; and what is asked of them."""
