"""What files are for: which kinds each purpose takes, how large, and who may have them back."""

import codecs
from dataclasses import dataclass
from typing import Final

MIB: Final = 1_048_576
# How much of a file tells what it is.
HEAD_BYTES: Final = 8_192


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a file is uploaded for.

    Args:
        kinds: Keys of `MEDIA_TYPES`.
        most_bytes: The largest that is taken.
        is_downloadable: False for papers about people: they are looked at by the operator and
            never given out again, neither to the account's keys nor by a link.
    """

    kinds: frozenset[str]
    most_bytes: int
    is_downloadable: bool = True


_PAPER: Final = frozenset({"pdf", "jpg", "png"})
_PICTURE: Final = frozenset({"jpg", "png", "gif"})
_SHEETS: Final = _PAPER | {"csv", "docx", "xlsx"}

# Source: Stripe's file upload guide. Pictures made of text (SVG) may hold scripts: not taken.
PURPOSES: Final[dict[str, Purpose]] = {
    "account_requirement": Purpose(_PAPER, 16 * MIB, is_downloadable=False),
    "additional_verification": Purpose(_PAPER, 16 * MIB, is_downloadable=False),
    "business_icon": Purpose(_PICTURE, MIB // 2),
    "business_logo": Purpose(_PICTURE, MIB // 2),
    "customer_signature": Purpose(frozenset({"jpg", "png"}), 4 * MIB),
    "dispute_evidence": Purpose(_PAPER, 5 * MIB),
    "identity_document": Purpose(_PAPER, 16 * MIB, is_downloadable=False),
    "pci_document": Purpose(frozenset({"pdf"}), 16 * MIB),
    "platform_terms_of_service": Purpose(
        frozenset({"pdf", "txt", "md"}), 16 * MIB, is_downloadable=False
    ),
    "tax_document_user_upload": Purpose(_SHEETS, 16 * MIB),
}
MOST_BYTES: Final = max(purpose.most_bytes for purpose in PURPOSES.values())

MEDIA_TYPES: Final[dict[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
)
_ZIP: Final = b"PK\x03\x04"


def kind_of(head: bytes, filename: str) -> str | None:
    """Tell what a file is by how it begins. Its name is believed only where bytes do not tell.

    Args:
        head: The first `HEAD_BYTES` bytes, or all of them.
        filename: As it was uploaded.

    Returns:
        A key of `MEDIA_TYPES`, or None for everything else.
    """
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    ending = filename.rpartition(".")[2].lower()
    if head.startswith(_ZIP):
        return ending if ending in ("docx", "xlsx") else None
    return ending if ending in ("csv", "txt", "md") and _is_text(head) else None


def _is_text(head: bytes) -> bool:
    try:
        # The last character may be cut in two.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head
