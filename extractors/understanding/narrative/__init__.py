"""Answers in running text: headings into a hierarchy, texts into points of the unit's own group."""
