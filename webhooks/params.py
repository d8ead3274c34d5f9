"""What the endpoints of webhooks take."""

from api.v2 import PageParams
from api.wire.params import (
    Boolean,
    Choice,
    Id,
    ListParams,
    Many,
    Metadata,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)


class CreateEndpointParams(Params):
    url = Text(most=2_048, required=True)
    enabled_events = Many(Text(most=100), required=True, most=400)
    connect = Boolean(name="is_connect")
    description = Text(nullable=True)
    api_version = Text(most=40)
    metadata = NewMetadata()


class UpdateEndpointParams(Params):
    url = Text(most=2_048)
    enabled_events = Many(Text(most=100), most=400)
    description = Text(nullable=True)
    disabled = Boolean()
    metadata = Metadata()


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
    description = Text(nullable=True)
    include = _INCLUDE
    metadata = NewMetadata()
    snapshot_api_version = Text(most=40)
    webhook_endpoint = _DESTINATION


class RetrieveDestinationParams(Params):
    include = _INCLUDE


class UpdateDestinationParams(Params):
    name = Text(most=200)
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
