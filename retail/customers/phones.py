"""Phone numbers in the one form that can be compared: E.164 (ITU-T)."""

import phonenumbers


class BadPhone(Exception):
    """What was typed is no phone number that could ring."""

    def __init__(self, typed: str) -> None:
        super().__init__(typed)
        self.typed = typed


def e164(typed: str, *, region: str = "FR") -> str:
    """`06 39 98 01 01` → `+33639980101`; empty stays empty. `region` is the country of
    numbers typed without one. Raises BadPhone."""
    if not typed.strip():
        return ""
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        raise BadPhone(typed) from None
    if not phonenumbers.is_possible_number(number):
        raise BadPhone(typed)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
