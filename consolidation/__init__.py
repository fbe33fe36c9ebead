"""From stored answers to what the officer hands in: `consolidate` writes it, `submissions` says who sent what."""

from consolidation.outputs import consolidate
from consolidation.submissions import Submission, submissions
from consolidation.word import TemplateError

__all__ = ["Submission", "TemplateError", "consolidate", "submissions"]
