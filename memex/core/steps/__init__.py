"""What a turn is shown as, for every painter: the window's and the export's.

`render_turn` (in `turn.py`) makes the blocks of `blocks.py`; a painter draws each kind of block. What is long
is kept as its text, and `lines_of` (in `listing.py`) reads only the lines that are asked for.
"""
