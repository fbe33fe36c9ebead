"""``python -m flows``: the command line."""

if __name__ == "__main__":
    # Inside the guard: the sandbox's children import this module again and must not pay for the command line.
    from flows.cli import main

    main()
