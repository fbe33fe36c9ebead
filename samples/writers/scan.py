"""A signed paper copy put through a scanner: images only, a little crooked, with dust and the red stamp of the unit."""

from __future__ import annotations

import io
import math
import zlib

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from samples.content import Content
from samples.writers import pdf
from samples.writers.pdf import FONTS

RED = (196, 32, 44)


def write(content: Content) -> bytes:
    dpi = content.option("dpi", 300)
    random = np.random.default_rng(content.option("seed", 1))
    document = pypdfium2.PdfDocument(pdf.write(content))
    signed, x, y = _signature(document, content)
    pages = []
    for index in range(len(document)):
        page = document[index].render(scale=dpi / 72).to_pil().convert("RGB")
        if index == signed:
            page = _stamp(page, content, dpi, (x * dpi / 72, y * dpi / 72))
        angle = content.option("angles", [0.4, -0.3])[index % 2]
        page = page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
        pages.append(_paper(page, random, content.option("noise", 0.00004), content.option("colours", 8)))
    document.close()
    return _image_pdf(pages, dpi)


def _signature(document: pypdfium2.PdfDocument, content: Content) -> tuple[int, float, float]:
    """Page index and place (points from the top left) where the signer's name starts."""
    for index in reversed(range(len(document))):
        page = document[index]
        text = page.get_textpage()
        found = text.search(content.letterhead["signer"]).get_next()
        if found:
            left, _, _, top = text.get_charbox(found[0])
            return index, left, page.get_height() - top
    raise ValueError(f"{content.key}: no signature to stamp")


def _stamp(page: Image.Image, content: Content, dpi: int, name: tuple[float, float]) -> Image.Image:
    """A round stamp (36 mm) with the unit's name on its rim, over the left of the signature (``name``: pixels)."""
    side = int(36 / 25.4 * dpi)
    seal = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(seal)
    ink = (*RED, 215)
    draw.ellipse((2, 2, side - 3, side - 3), outline=ink, width=max(2, dpi // 75))
    inner = side * 0.3
    draw.ellipse(
        (side / 2 - inner, side / 2 - inner, side / 2 + inner, side / 2 + inner), outline=ink, width=max(1, dpi // 150)
    )
    font = ImageFont.truetype(str(FONTS / "LiberationSans-Bold.ttf"), int(dpi * 0.085))
    text = content.option("seal", "TRƯỜNG THPT") + " ★ "
    for index, letter in enumerate(text):
        turn = 360 * index / len(text) - 150
        tile = Image.new("RGBA", (side // 6, side // 6))
        ImageDraw.Draw(tile).text((side // 12, side // 12), letter, font=font, fill=ink, anchor="mm")
        tile = tile.rotate(-turn, resample=Image.Resampling.BICUBIC)
        radius = side * 0.4
        x = side / 2 + radius * math.sin(math.radians(turn))
        y = side / 2 - radius * math.cos(math.radians(turn))
        seal.alpha_composite(tile, (int(x - side / 12), int(y - side / 12)))
    star = [
        (
            side / 2 + side * (0.13 if corner % 2 == 0 else 0.05) * math.sin(math.pi * corner / 5),
            side / 2 - side * (0.13 if corner % 2 == 0 else 0.05) * math.cos(math.pi * corner / 5),
        )
        for corner in range(10)
    ]
    draw.polygon(star, fill=ink)
    layer = Image.new("RGBA", page.size)
    left, top = int(name[0] - side * 0.62), int(name[1] - side * 0.95)
    layer.alpha_composite(seal.rotate(-8, resample=Image.Resampling.BICUBIC), (left, top))
    ink = ImageDraw.Draw(layer)
    strokes = [
        (name[0] + dpi * (0.05 + 0.011 * t), name[1] - dpi * (0.38 + 0.16 * math.sin(t / 3.1) * math.cos(t / 11)))
        for t in range(90)
    ]
    ink.line(strokes, fill=(70, 74, 110, 235), width=max(2, dpi // 90), joint="curve")
    return Image.alpha_composite(page.convert("RGBA"), layer).convert("RGB")


def _paper(page: Image.Image, random: np.random.Generator, share: float, colours: int) -> Image.Image:
    """Dust specks, then the few colours that a scanner's compression leaves (white, greys, reds)."""
    pixels = np.asarray(page).copy()
    height, width, _ = pixels.shape
    specks = int(height * width * share)
    for y, x, shade in zip(
        random.integers(2, height - 3, specks),
        random.integers(2, width - 3, specks),
        random.integers(60, 190, specks),
        strict=True,
    ):
        size = 1 + int(shade) % 2
        pixels[y : y + size, x : x + size] = shade
    greys = [(255 - i * 255 // (colours - 3),) * 3 for i in range(colours - 2)]
    palette = [*greys, RED, (226, 140, 146)]
    paper = Image.new("P", (1, 1))
    paper.putpalette([value for colour in palette for value in colour] + [255] * (768 - 3 * len(palette)))
    return Image.fromarray(pixels).quantize(palette=paper, dither=Image.Dither.NONE)


def _image_pdf(pages: list[Image.Image], dpi: int) -> bytes:
    """A PDF of indexed-colour images at 4 bits a pixel and nothing else: no text layer, no dates."""
    out = io.BytesIO()
    offsets: list[int] = []

    def put(body: bytes) -> None:
        offsets.append(out.tell())
        out.write(f"{len(offsets)} 0 obj\n".encode() + body + b"\nendobj\n")

    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    kids = " ".join(f"{3 + 3 * i} 0 R" for i in range(len(pages)))
    put(b"<< /Type /Catalog /Pages 2 0 R >>")
    put(f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode())
    for index, page in enumerate(pages):
        width, height = page.size
        w, h = width * 72 / dpi, height * 72 / dpi
        n = 3 + 3 * index
        put(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {w:.2f} {h:.2f}] /Contents {n + 1} 0 R "
            f"/Resources << /XObject << /Im0 {n + 2} 0 R >> >> >>".encode()
        )
        content = f"q {w:.2f} 0 0 {h:.2f} 0 0 cm /Im0 Do Q".encode()
        put(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
        indices = np.asarray(page)
        if width % 2:
            indices = np.pad(indices, ((0, 0), (0, 1)))
        packed = ((indices[:, 0::2] << 4) | indices[:, 1::2]).astype(np.uint8).tobytes()
        data = zlib.compress(packed, 9)
        colours = bytes(page.getpalette()[:48]).hex()
        put(
            f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 4 "
            f"/ColorSpace [/Indexed /DeviceRGB 15 <{colours}>] /Filter /FlateDecode /Length {len(data)} >>\n"
            "stream\n".encode()
            + data
            + b"\nendstream"
        )
    start = out.tell()
    out.write(f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets))
    out.write(f"trailer << /Size {len(offsets) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()
