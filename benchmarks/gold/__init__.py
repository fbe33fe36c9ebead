"""Reports that differ in layout, with what a reader must find in them: the judge of understanding (see README.md)."""
