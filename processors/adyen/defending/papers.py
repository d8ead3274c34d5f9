"""Evidence as the papers that Adyen takes: one for each of its kinds of document, a PDF or a JPG.

Source: Adyen's page of defense requirements, for the forms and their sizes.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import escape

import fontpkg_sarabun
from PIL import Image, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from processors.protocols.disputes import EvidenceRefused, Paper

PDF, JPG = "application/pdf", "image/jpeg"
_MIB: Final = 1_048_576
_MOST_BYTES: Final = {PDF: 2 * _MIB, JPG: 10 * _MIB}
_FONT, _BOLD = "Sarabun-Regular", "Sarabun-Bold"
# A sheet at 200 dots to the inch.
_MOST_DOTS: Final = (1_654, 2_339)
_MARGIN: Final = 42
_MOST_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Made:
    """A paper for Adyen.

    Args:
        media_type: PDF or JPG.
        content: Its bytes.
    """

    media_type: str
    content: bytes


def make(
    fields: Sequence[str],
    evidence: Mapping[str, str],
    papers: Mapping[str, Callable[[], Paper]],
) -> Made:
    """Make one paper of some fields of the evidence: the texts first, then each of the files.

    Args:
        fields: Which fields.
        evidence: Field → text, or our id of a file.
        papers: Field → reads the file that it names.

    Raises:
        EvidenceRefused: If Adyen would not take it; it says which field is at fault.
    """
    texts = {name: evidence[name] for name in fields if name not in papers}
    files = {name: papers[name]() for name in fields if name in papers}
    (only, *more) = (*files, *texts)
    if files and not more and (found := _as_it_is(files[only].content)):
        made = found
    else:
        made = Made(PDF, _bind(texts, files))
    most = _MOST_BYTES[made.media_type]
    if len(made.content) > most:
        raise EvidenceRefused(
            f"{' and '.join(files or texts)} are larger than the {most // _MIB} MB that Adyen "
            "takes of a document: upload smaller files."
        )
    return made


def _as_it_is(content: bytes) -> Made | None:
    """Return a file as it was uploaded; None if it has to become another."""
    if content.startswith(b"\xff\xd8\xff"):
        return Made(JPG, content)
    is_small = content.startswith(b"%PDF") and len(content) <= _MOST_BYTES[PDF]
    return Made(PDF, content) if is_small else None


def _bind(texts: Mapping[str, str], files: Mapping[str, Paper]) -> bytes:
    writer = PdfWriter()
    if texts:
        writer.append(io.BytesIO(_write(texts)))
    for name, paper in files.items():
        content = paper.content if paper.content.startswith(b"%PDF") else _draw(name, paper)
        try:
            writer.append(PdfReader(io.BytesIO(content)), import_outline=False)
        except (PyPdfError, ValueError, KeyError, RecursionError) as error:
            raise _unreadable(name) from error
    bound = io.BytesIO()
    writer.write(bound)
    return bound.getvalue()


def _write(texts: Mapping[str, str]) -> bytes:
    """Write texts on pages, each under the name of its field."""
    _load_fonts()
    for name, text in texts.items():
        _check_letters(name, text)
    head = ParagraphStyle("head", fontName=_BOLD, fontSize=11, leading=18, spaceBefore=8)
    body = ParagraphStyle("body", fontName=_FONT, fontSize=10, leading=16)
    story: list[Paragraph | Spacer] = []
    for name, text in texts.items():
        story.append(Paragraph(name.replace("_", " ").capitalize(), head))
        # An empty line stays one.
        story += [
            Paragraph(escape(line), body) if line.strip() else Spacer(1, 8)
            for line in text.splitlines()
        ]
    pages = io.BytesIO()
    SimpleDocTemplate(
        pages, pagesize=A4, margin=_MARGIN, title="Evidence", author="", invariant=1
    ).build(story)
    return pages.getvalue()


@lru_cache(maxsize=1)
def _load_fonts() -> None:
    for name in (_FONT, _BOLD):
        path = fontpkg_sarabun.ROOT / "files" / f"{name}.ttf"
        pdfmetrics.registerFont(TTFont(name, str(path)))


def _check_letters(name: str, text: str) -> None:
    known = pdfmetrics.getFont(_FONT).face.charToGlyph
    strange = sorted({one for one in text if ord(one) not in known and not one.isspace()})
    if strange:
        raise EvidenceRefused(
            f"{name} has letters that the papers for Adyen cannot show "
            f"({' '.join(strange[:_MOST_SHOWN])}): upload it as a PDF instead."
        )


def _draw(name: str, paper: Paper) -> bytes:
    """Draw a picture on a page of its own."""
    try:
        with Image.open(io.BytesIO(paper.content), formats=("JPEG", "PNG")) as opened:
            opened.thumbnail(_MOST_DOTS)
            picture = Image.new("RGB", opened.size, "white")
            layers = opened.convert("RGBA")
            picture.paste(layers, mask=layers.getchannel("A"))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise _unreadable(name) from error
    shrunk = io.BytesIO()
    picture.save(shrunk, "JPEG", quality=80)
    width, height = A4[0] - 2 * _MARGIN, A4[1] - 2 * _MARGIN
    scale = min(width / picture.width, height / picture.height, 1)
    page = io.BytesIO()
    canvas = Canvas(page, pagesize=A4, invariant=1)
    shown = picture.width * scale, picture.height * scale
    canvas.drawInlineImage(Image.open(shrunk), _MARGIN, A4[1] - _MARGIN - shown[1], *shown)
    canvas.save()
    return page.getvalue()


def _unreadable(name: str) -> EvidenceRefused:
    return EvidenceRefused(f"The file of {name} cannot be read: upload it as another PDF or JPG.")
