"""What a till made keeps its id: the same again is no second act."""

__all__ = ["IdReused"]


class IdReused(Exception):
    """The same id came with another content."""
