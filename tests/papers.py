"""Files as merchants upload them: real ones, that somebody can open."""

import io

from PIL import Image
from reportlab.pdfgen.canvas import Canvas


def a_pdf(*pages: str) -> bytes:
    """Return a PDF with a line on each page."""
    written = io.BytesIO()
    canvas = Canvas(written, invariant=1)
    for line in pages:
        canvas.drawString(72, 720, line)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def a_picture(form: str = "PNG", size: tuple[int, int] = (400, 300)) -> bytes:
    """Return a picture."""
    written = io.BytesIO()
    Image.new("RGBA" if form == "PNG" else "RGB", size, "teal").save(written, form)
    return written.getvalue()
