"""`python -m memex`."""

from memex.cli import main

if __name__ == "__main__":
    main()
