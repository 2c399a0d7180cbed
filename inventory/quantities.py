"""How many units a person or a program may ask for in one line."""

MOST = 9999
# what is weighed: a label has five digits for it
MOST_GRAMS = 99_999


class BadQuantity(ValueError):
    """Not a whole number of units within bounds; `value` is what was given."""

    def __init__(self, value: object) -> None:
        super().__init__(repr(value))
        self.value = value


def quantity(value: object, *, most: int = MOST) -> int:
    """The value, if it is an int from 1 to `most`. Raises BadQuantity.

    Strict: True, 1.0 and "1" are refused. In Python True is an int, and int("١") and
    int(1.9) are 1; each has let a strange order pass somewhere.
    """
    if type(value) is not int or not 1 <= value <= most:
        raise BadQuantity(value)
    return value
