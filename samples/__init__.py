"""Example reports answering letter 2542: what they say, how they are written to files, what is expected."""
