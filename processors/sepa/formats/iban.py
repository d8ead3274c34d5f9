"""Which bank an IBAN is of."""


def is_same_bank(one: str, other: str) -> bool:
    """Return whether two IBANs are of accounts at one bank. What is no IBAN is at none.

    Args:
        one: Without spaces.
        other: The same.
    """
    # The package reads its list of banks when it is first used.
    from schwifty import IBAN

    if one == other:
        return True
    first, second = (IBAN(text, allow_invalid=True) for text in (one, other))
    if not (first.is_valid and second.is_valid):
        return False
    return (first.country_code, first.bank_code) == (second.country_code, second.bank_code)
