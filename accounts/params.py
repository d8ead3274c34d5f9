"""What the endpoints of files take."""

from datetime import datetime

from accounts import catalog
from api.wire.params import (
    Boolean,
    Choice,
    Id,
    Integer,
    ListParams,
    Metadata,
    Moment,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)


class _End(Moment):
    """The end of a link: Unix seconds, or `now`; an empty string for never."""

    def convert(self, value: object, path: str) -> datetime | str:  # type: ignore[override]
        return "now" if value == "now" else super().convert(value, path)


class CreateFileParams(Params):
    # The part of the body with the file, as `api.wire.uploads` describes it.
    file = Table(
        {"name": Text(most=255), "size": Integer(), "sha256": Text(most=64)}, required=True
    )
    purpose = Choice(*catalog.PURPOSES, required=True)
    file_link_data = Table(
        {"create": Boolean(required=True), "expires_at": Moment(), "metadata": NewMetadata()}
    )


class ListFilesParams(ListParams):
    created = Range()
    purpose = Text(most=40)


class CreateFileLinkParams(Params):
    file = Id(required=True)
    expires_at = Moment()
    metadata = NewMetadata()


class UpdateFileLinkParams(Params):
    expires_at = _End(nullable=True)
    metadata = Metadata()


class ListFileLinksParams(ListParams):
    created = Range()
    expired = Boolean()
    file = Id()
