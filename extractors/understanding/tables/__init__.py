"""Answers in tables: every place of the appendix, whatever the unit did to the form."""
