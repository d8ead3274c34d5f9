"""What files are for: which kinds each purpose takes, how large, and who may have them back."""

import codecs
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

MIB: Final = 1_048_576
# How much of a file tells what it is.
HEAD_BYTES: Final = 8_192
TAIL_BYTES: Final = MIB


@dataclass(frozen=True, slots=True)
class Purpose:
    """The purpose of a file.

    Args:
        kinds: Keys of `MEDIA_TYPES`.
        most_bytes: The largest that is taken.
        is_downloadable: False for papers about people: they are looked at by the operator and
            never given out again, neither to the account's keys nor by a link.
        lifetime: After which it expires; None for never.
        is_for_naming: True for what is of use only once something of ours names it.
    """

    kinds: frozenset[str]
    most_bytes: int
    is_downloadable: bool = True
    lifetime: timedelta | None = None
    is_for_naming: bool = False


_PAPER: Final = frozenset({"pdf", "jpg", "png"})
_PICTURE: Final = frozenset({"jpg", "png", "gif"})
_SHEETS: Final = _PAPER | {"csv", "docx", "xlsx"}

# Source: Stripe's file upload guide. Pictures made of text (SVG) may hold scripts: not taken.
PURPOSES: Final[dict[str, Purpose]] = {
    "account_requirement": Purpose(_PAPER, 16 * MIB, is_downloadable=False, is_for_naming=True),
    "additional_verification": Purpose(_PAPER, 16 * MIB, is_downloadable=False, is_for_naming=True),
    "business_icon": Purpose(_PICTURE, MIB // 2, is_for_naming=True),
    "business_logo": Purpose(_PICTURE, MIB // 2, is_for_naming=True),
    "customer_signature": Purpose(frozenset({"jpg", "png"}), 4 * MIB),
    # Longer than any network lets a dispute last.
    "dispute_evidence": Purpose(_PAPER, 5 * MIB, lifetime=timedelta(days=270), is_for_naming=True),
    "identity_document": Purpose(_PAPER, 16 * MIB, is_downloadable=False, is_for_naming=True),
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
# What the list of contents at the end of an archive names, if it is such a paper.
_INSIDE: Final = {"docx": b"word/document.xml", "xlsx": b"xl/workbook.xml"}
_LONGEST_NAME: Final = 255
_LONGEST_ENDING: Final = 8


def kind_of(head: bytes, tail: bytes, filename: str) -> str | None:
    """Detect a file's type by its bytes; of plain text, the kind by its name.

    Args:
        head: The first `HEAD_BYTES` bytes, or all of them.
        tail: The last `TAIL_BYTES` bytes, or all of them.
        filename: As it was uploaded.

    Returns:
        A key of `MEDIA_TYPES`, or None for everything else.
    """
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(_ZIP):
        found = [kind for kind, name in _INSIDE.items() if name in tail]
        return found[0] if len(found) == 1 and b"[Content_Types].xml" in tail else None
    ending = filename.rpartition(".")[2].lower()
    return ending if ending in ("csv", "txt", "md") and _is_text(head) else None


def name_for(filename: str, kind: str) -> str:
    """Return the name under which a file is kept and given out: its ending is its kind's.

    Args:
        filename: As it was uploaded.
        kind: A key of `MEDIA_TYPES`.
    """
    # Among what cannot be printed are signs that turn the letters after them around.
    name = "".join(letter for letter in filename if letter.isprintable()).strip(" .")
    stem, dot, ending = name.rpartition(".")
    is_ending = bool(dot) and ending.isalnum() and len(ending) <= _LONGEST_ENDING
    right = ("jpg", "jpeg") if kind == "jpg" else (kind,)
    if is_ending and stem.strip(" .") and ending.lower() in right:
        return name[-_LONGEST_NAME:]
    stem = (stem if is_ending else name).strip(" .")[: _LONGEST_NAME - 1 - len(kind)]
    return f"{stem or 'file'}.{kind}"


def _is_text(head: bytes) -> bool:
    try:
        # The last character may be cut in two.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head
