"""One module per container; each has ``write(content) -> bytes``."""
