"""What requests send along, and nothing here asks for."""

from typing import Final

from api.wire.params import Ignored, Params

_OF_PAGES: Final = (
    "Libraries of payment pages send it for a guard against fraud, which Rialto does not have."
)

# Where there is one network for a card, none can be preferred.
ONE_NETWORK: Final = "A card goes by the one network that it belongs to."
NO_GUARD: Final = "No session of a fraud guard is kept here."
NO_LIBRARY: Final = "What to do next is always an address to send the payer to."


class PageParams(Params):
    """What the libraries of payment pages send along, and nothing here asks for."""

    client_attribution_metadata = Ignored(_OF_PAGES)
    guid = Ignored(_OF_PAGES)
    muid = Ignored(_OF_PAGES)
    pasted_fields = Ignored(_OF_PAGES)
    payment_user_agent = Ignored(_OF_PAGES)
    referrer = Ignored(_OF_PAGES)
    sid = Ignored(_OF_PAGES)
    time_on_page = Ignored(_OF_PAGES)
