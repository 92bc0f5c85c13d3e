"""The queue finds the job that draws papers here."""

from motcua.papers.operations import draw

__all__ = ["draw"]
