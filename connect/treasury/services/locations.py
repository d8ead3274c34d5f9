"""Which processor accounts are locations of their own in the books."""

from ledger.posting import owner_settings


def give_location(*, name: str, livemode: bool, is_first: bool) -> None:
    """Make a new processor account a location, unless it is the first of its mode.

    The first one holds its money at the main location, and so does whoever was there before:
    entries stay where they are.

    Args:
        name: The account.
        livemode: Its mode.
        is_first: True if no other account of the mode takes payments.
    """
    if not is_first:
        owner_settings.set_location(owner=name, location=name, livemode=livemode)
