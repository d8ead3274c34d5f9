"""Files in the forms of pages: taken from people who were let in, refused from others unread."""

from typing import Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler

from connect.hosted.views.pages import is_visitor

MOST_BYTES: Final = 33 * 1_048_576


class KnownOnly(FileUploadHandler):
    """Stands before the handlers that keep files, and lets through what they may keep."""

    def handle_raw_input(
        self,
        input_data: object,
        META: dict[str, str],  # noqa: N803  Django's own name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > MOST_BYTES:
            raise RequestDataTooBig(f"The form is over the limit of {MOST_BYTES} bytes.")

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        """Refuse the first file of somebody who is nobody.

        Raises:
            SuspiciousOperation: If nobody let this client in.
        """
        user = getattr(self.request, "user", None)
        is_in = user is not None and user.is_authenticated
        if self.request is None or not (is_in or is_visitor(self.request)):
            raise SuspiciousOperation("A file from somebody who was not let in.")
        super().new_file(
            field_name, file_name, content_type, content_length, charset, content_type_extra
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
