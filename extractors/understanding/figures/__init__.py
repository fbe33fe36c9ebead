"""Figures in answers: sums of money with who pays, counts, shares, years; the spaCy pipeline that finds their words."""
