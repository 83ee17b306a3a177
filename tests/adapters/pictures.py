"""Pictures for tests: drawn here, with what a phone, a camera or an ill will puts into them."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image, ImageCms, PngImagePlugin

CANARY = b"KANARIE"
PLACE = (16.335, 56.676)
RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 180, 30), (30, 30, 200), (240, 240, 240)

# 64 x 48 pixels of the pattern below on its side, with a place and a model name; HEIC can be read here and not written.
HEIC = base64.b64decode("""
AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA
AAAERAAAIAAQAAAAAB7AABAAAAAAAAAIMAAgAAAAACbwABAAAAAAAAAKoAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp
bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGE
ABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA
AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEH
BpeGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAATVtZGF0AAAA
fygBrxOA5TH3/741P9vtP8SyZk6gxC/7Dz7nuL+YbLEG46eJ8mL+8/P8ZIiCjQmef/qjtzcwPRiT1EFDedL399zN7wvApGBm4kxYWWrx+WIej7
COal4XQvUyNowXsMdoaBpevXrgmuVSwVsNHc4QB0zF9a6/V0qoiBNtvfO88z4AAAAGRXhpZgAATU0AKgAAAAgAAwEQAAIAAAAIAAAAMgESAAMA
AAABAAYAAIglAAQAAAABAAAAOgAAAABLQU5BUklFAAAEAAEAAgAAAAJOAAAAAAIABQAAAAMAAABwAAMAAgAAAAJFAAAAAAQABQAAAAMAAACIAA
AAAAAAADgAAAABAAAAKAAAAAEAAACoAAAABQAAABAAAAABAAAAFAAAAAEAAAAGAAAAAQ==
""")


def pattern(width: int = 64, height: int = 48) -> Image.Image:
    """Return four quarters, each of a colour, so that every turning shows: red green over blue white."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(WHITE, (width // 2, height // 2, width, height))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Return the picture's file."""
    file = io.BytesIO()
    image.save(file, kind, **({"quality": 95} if kind in {"JPEG", "WEBP", "AVIF"} else {}), **options)
    return file.getvalue()


def exif(orientation: int = 1, place: tuple[float, float] | None = None, letters: str = "NE") -> Image.Exif:
    """Return what a camera writes: its model, which way it was held, and where (lon, lat)."""
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.Model] = CANARY.decode()
    tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:24 21:00:00"
    if place is not None:
        gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = letters
        gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLongitude] = _parts(place[1]), _parts(place[0])
    return tags


def _parts(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 3)


def srgb_named_canary() -> bytes:
    """Return a colour profile that carries the canary in its description."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"sRGB built-in", CANARY.ljust(13)).replace(
        "sRGB built-in".encode("utf-16-be"), CANARY.decode().ljust(13).encode("utf-16-be")
    )


def jpeg_with_everything() -> bytes:
    """Return a JPEG with the canary in EXIF, XMP, IPTC, the comment, the thumbnail, the profile and behind its end."""
    thumbnail = b"\xff\xd8" + CANARY + b"\xff\xd9"
    plain = encoded(pattern(), exif=exif(place=PLACE), comment=CANARY, icc_profile=srgb_named_canary())
    xmp = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + CANARY + b"</x:xmpmeta>"
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(CANARY)) + CANARY
    extra = _segment(0xE1, xmp) + _segment(0xED, iptc) + _segment(0xE0, b"JFXX\x00\x10" + thumbnail)
    return plain[:2] + extra + plain[2:] + CANARY


def png_with_everything() -> bytes:
    """Return a PNG with the canary in its three kinds of text and in EXIF."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", CANARY.decode())
    info.add_text("Packed", CANARY.decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", CANARY.decode())
    return encoded(pattern(), "PNG", pnginfo=info, exif=exif(place=PLACE), icc_profile=srgb_named_canary())


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def png_bomb(width: int, height: int) -> bytes:
    """Return a PNG of few bytes that claims, and holds, so many grey pixels."""
    row = b"\0" * (width // 8 + 2)
    packer = zlib.compressobj(9)
    packed = [packer.compress(row) for _ in range(min(height, 2000))]
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = (b"IHDR", head), (b"IDAT", b"".join(packed) + packer.flush()), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def corners(picture: bytes) -> list[str]:
    """Return the colours' names of the four quarters, as read: top left, top right, bottom left, bottom right."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    (w, h), names = image.size, {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    points = [(w // 4, h // 4), (3 * w // 4, h // 4), (w // 4, 3 * h // 4), (3 * w // 4, 3 * h // 4)]
    return [min(names, key=lambda name: _distance(names[name], image.getpixel(p))) for p in points]


def _distance(a: Any, b: Any) -> int:
    return sum(abs(x - y) for x, y in zip(a, b, strict=True))
