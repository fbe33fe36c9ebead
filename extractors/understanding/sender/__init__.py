"""Who wrote: the letterhead in its places, the signature, and the unit of the registry that both name."""
