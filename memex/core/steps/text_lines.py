"""A text of any length, line by line: any line is read without those before it."""


class TextLines:
    """Split at line feeds alone. A line feed at the very end begins no further line.

    Kept as UTF-8, so that the beginnings of a million lines are found in milliseconds.
    """

    def __init__(self, text: str) -> None:
        import numpy as np  # the window starts without it

        self._bytes = text.encode("utf-8", "surrogatepass")
        ends = np.flatnonzero(np.frombuffer(self._bytes, np.uint8) == ord("\n"))
        self._starts = np.concatenate(([0], ends + 1))
        self._count = len(self._starts) - (not self._bytes or self._bytes.endswith(b"\n"))

    def __len__(self) -> int:
        return self._count

    def line(self, number: int, limit: int) -> str:
        """At most `limit` bytes of it, so that one line of five megabytes costs no more than another."""
        start, end = self._span(number)
        return self._bytes[start : min(end, start + limit)].decode("utf-8", "replace")

    def size(self, number: int) -> int:
        """Bytes."""
        start, end = self._span(number)
        return end - start

    def before(self, number: int, limit: int) -> str:
        """Up to `limit` bytes that stand before the line."""
        start = int(self._starts[number])
        return self._bytes[max(0, start - limit) : start].decode("utf-8", "replace")

    def _span(self, number: int) -> tuple[int, int]:
        if not 0 <= number < self._count:
            raise IndexError(number)
        start = int(self._starts[number])
        is_last = number + 1 == len(self._starts)
        return start, len(self._bytes) if is_last else int(self._starts[number + 1]) - 1
