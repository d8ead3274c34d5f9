"""What the endpoints of webhooks take."""

from api.wire.params import Boolean, ListParams, Many, Metadata, NewMetadata, Params, Range, Text


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


class ListEventsParams(ListParams):
    created = Range()
    delivery_success = Boolean()
    type_ = Text(most=100)
    types = Many(Text(most=100), most=20)


class RetryEventParams(Params):
    webhook_endpoint = Text(most=64)
    account = Text(most=64)
