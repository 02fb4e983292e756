"""Widgets that show block values; they hold no state but what is folded."""
