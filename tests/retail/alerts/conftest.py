"""A small house at each level."""

from tests.levels import apart, both_levels
from tests.webshop.conftest import multichannel

__all__ = ["apart", "both_levels", "multichannel"]
