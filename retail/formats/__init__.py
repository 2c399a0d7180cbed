"""How dates and hours are written where Django writes them by itself."""
