from tests.levels import apart, both_levels, shared_only

__all__ = ["apart", "both_levels", "shared_only"]
