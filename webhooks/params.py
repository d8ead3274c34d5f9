"""What the endpoints of webhooks take."""

from typing import Final

from api.v2 import PageParams
from api.wire.params import (
    Boolean,
    Choice,
    Id,
    Integer,
    ListParams,
    Many,
    Metadata,
    Moment,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)
from core.types import JsonObject

# Deliveries in a second that an endpoint may be limited to.
MOST_PER_SECOND: Final = 10_000
# Ours beside the wire's: the order of each object, and the pace.
_DELIVERY_SETTINGS = Table(
    {
        "max_per_second": Integer(1, MOST_PER_SECOND, nullable=True),
        "order": Choice("any", "object"),
    }
)


def with_pace(params: JsonObject) -> JsonObject:
    """Return parameters with the columns that `delivery_settings` means in its place."""
    settings = params.get("delivery_settings", {})
    found = {name: value for name, value in params.items() if name != "delivery_settings"}
    if "order" in settings:
        found["keeps_order"] = settings["order"] == "object"
    if "max_per_second" in settings:
        found["most_per_second"] = settings["max_per_second"]
    return found


class CreateEndpointParams(Params):
    url = Text(most=2_048, required=True)
    enabled_events = Many(Text(most=100), required=True, most=400)
    connect = Boolean(name="is_connect")
    description = Text(nullable=True)
    api_version = Text(most=40)
    delivery_settings = _DELIVERY_SETTINGS
    metadata = NewMetadata()


class UpdateEndpointParams(Params):
    url = Text(most=2_048)
    enabled_events = Many(Text(most=100), most=400)
    delivery_settings = _DELIVERY_SETTINGS
    description = Text(nullable=True)
    disabled = Boolean()
    metadata = Metadata()


class RollSecretParams(Params):
    # How long the secret before still signs beside the new one.
    overlap_hours = Integer(0, 24, default=24)


class CreateResendParams(Params):
    deliveries = Choice("unaccepted", "all", "missed", default="unaccepted")
    since = Moment()


class ListeningSessionParams(Params):
    device_name = Text(most=200)
    websocket_features = Many(Text(most=40), required=True, most=5)
    filters = Text(most=8_000)
    # Where the command sends what it hears: it is only asked for the record.
    forward_to_url = Text(most=2_048)
    forward_connect_to_url = Text(most=2_048)
    forward_thin_to_url = Text(most=2_048)
    forward_thin_connect_to_url = Text(most=2_048)


class ListEventsParams(ListParams):
    created = Range()
    delivery_success = Boolean()
    type_ = Text(most=100)
    types = Many(Text(most=100), most=20)


class RetryEventParams(Params):
    webhook_endpoint = Text(most=64)
    # Only to commands that listen: the Stripe CLI asks so, unless an endpoint is named.
    for_stripecli = Boolean()
    account = Text(most=64)


# Not `include`: so the first dialect calls what counts a list.
_INCLUDE = Many(Text(most=100), most=10, name="included")
_DESTINATION = Table({"url": Text(most=2_048, required=True)})


class CreateDestinationParams(Params):
    name = Text(most=200, required=True)
    type_ = Choice("webhook_endpoint", required=True)
    event_payload = Choice("snapshot", "thin", required=True)
    enabled_events = Many(Text(most=100), required=True, most=400)
    events_from = Many(Text(most=100), most=4)
    delivery_settings = _DELIVERY_SETTINGS
    description = Text(nullable=True)
    include = _INCLUDE
    metadata = NewMetadata()
    snapshot_api_version = Text(most=40)
    webhook_endpoint = _DESTINATION


class RetrieveDestinationParams(Params):
    include = _INCLUDE


class UpdateDestinationParams(Params):
    name = Text(most=200)
    delivery_settings = _DELIVERY_SETTINGS
    enabled_events = Many(Text(most=100), most=400)
    description = Text(nullable=True)
    include = _INCLUDE
    metadata = Metadata()
    webhook_endpoint = _DESTINATION


class ListDestinationsParams(PageParams):
    include = _INCLUDE


class ListThinEventsParams(PageParams):
    created = Table({name: Text(most=40) for name in ("gt", "gte", "lt", "lte")})
    object_id = Id()
    types = Many(Text(most=100), most=20)
