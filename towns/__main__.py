"""`python -m towns`."""

from towns.cli import main

if __name__ == "__main__":
    main()
