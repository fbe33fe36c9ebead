"""What every room stands on: folded words, lines with their owners, headings, likeness, classifiers."""
