"""Files in requests: multipart bodies, received piece by piece and never whole in memory."""

import hashlib
import tempfile
from dataclasses import dataclass
from typing import IO, Final
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.datastructures import MultiValueDict

from api.wire import decode
from core.errors import InvalidRequest
from core.types import JsonObject

_MULTIPART: Final = "multipart/form-data"
# Larger files go to the disk while they come in.
_IN_MEMORY_BYTES: Final = 262_144
# Boundaries, headers and the fields beside the file.
_AROUND_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came.

    Args:
        name: The name, without folders; for people.
        size: The size, in bytes.
        sha256: The SHA-256 digest, in hex.
        content: To be read from any place, and closed.
    """

    name: str
    size: int
    sha256: str
    content: IO[bytes]


def read(request: HttpRequest, *, most_bytes: int) -> tuple[JsonObject, Upload | None]:
    """Receive a multipart body with at most one file.

    Args:
        request: Nothing of its body has been read.
        most_bytes: The limit of the file. A body that says it is larger is refused unread.

    Returns:
        The parameters beside the file, together with those of the URL, and the file.

    Raises:
        InvalidRequest: If it is no such body, is cut off, or is over a limit.
    """
    if request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != _MULTIPART:
        raise InvalidRequest(f"Send the file as {_MULTIPART}.", param="file")
    if request.META.get("HTTP_CONTENT_ENCODING", "").lower() not in ("", "identity"):
        raise InvalidRequest("Compressed request bodies are not supported. Send the body plain.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length[:20]) > most_bytes + _AROUND_BYTES:
        raise _too_large(most_bytes)
    body, keeper = _Counted(request), _Keeper(most_bytes)
    try:
        fields, files = _parse(request, body, keeper)
        if body.count != int(length):
            raise UnreadablePostError
    except UnreadablePostError:
        keeper.close()
        raise InvalidRequest("The request body ended too early.") from None
    except (MultiPartParserError, SuspiciousOperation, ValueError):
        keeper.close()
        raise InvalidRequest(f"Invalid request: the body is no {_MULTIPART}.") from None
    except InvalidRequest:
        keeper.close()
        raise
    return _read_fields(request, fields), _take_file(files)


def _parse(
    request: HttpRequest, body: "_Counted", keeper: "_Keeper"
) -> "tuple[QueryDict, MultiValueDict[str, Upload]]":
    parser = MultiPartParser(request.META, body, [keeper], "utf-8")  # type: ignore[arg-type]
    fields, files = parser.parse()
    return fields, files


def _read_fields(request: HttpRequest, fields: QueryDict) -> JsonObject:
    # One reader, and so one set of limits, for both ways to send parameters.
    pairs = [(name, value) for name, values in fields.lists() for value in values]
    query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
    return decode.form(b"&".join(part for part in (query, urlencode(pairs).encode()) if part))


def _take_file(files: "MultiValueDict[str, Upload]") -> Upload | None:
    # The keeper has seen to it that there is one at most.
    for name, uploads in files.lists():
        upload = uploads[0]
        if name == "file":
            return upload
        upload.content.close()
        raise InvalidRequest(
            f"Received unknown parameter: {name[:100]}",
            code="parameter_unknown",
            param=name[:100],
        )
    return None


def _too_large(most_bytes: int) -> InvalidRequest:
    return InvalidRequest(
        f"The file is over the limit of {most_bytes} bytes.", code="file_too_large", param="file"
    )


class _Counted:
    """The body, counted: Django takes what is cut off for the end."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.count = 0

    def read(self, size: int | None = None) -> bytes:
        piece = self.request.read(size)
        self.count += len(piece)
        return piece


class _Keeper(FileUploadHandler):
    """Takes the one file of a body, up to a limit, and digests it on the way."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__()
        self.most_bytes = most_bytes
        self.file: IO[bytes] | None = None

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        super().new_file(
            field_name, file_name, content_type, content_length, charset, content_type_extra
        )
        if self.file is not None:
            raise InvalidRequest("Send one file at a time.", param="file")
        self.file = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115  closed by its user
        self.digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.file is not None
        if start + len(raw_data) > self.most_bytes:
            raise _too_large(self.most_bytes)
        self.file.write(raw_data)
        self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> Upload:  # type: ignore[override]  # not Django's
        assert self.file is not None
        return Upload(self.file_name or "", file_size, self.digest.hexdigest(), self.file)

    def close(self) -> None:
        if self.file is not None:
            self.file.close()
