"""Phone numbers: in the one form that can be compared, E.164 (ITU-T), and as people
read them."""

import phonenumbers

NBSP = "\N{NO-BREAK SPACE}"


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


def shown(number: str, *, region: str = "FR") -> str:
    """`+33639980101` → `06 39 98 01 01`, on one line; numbers of other countries than
    `region` keep their code. What is no number stays as it is."""
    try:
        known = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.country_code_for_region(region) == known.country_code
    form = phonenumbers.PhoneNumberFormat
    text = phonenumbers.format_number(
        known, form.NATIONAL if home else form.INTERNATIONAL
    )
    return str(text).replace(" ", NBSP)
