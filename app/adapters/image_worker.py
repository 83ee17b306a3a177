"""The photo cleaner's own process: reads a photo, writes two clean ones, and can harm nobody.

It is started by `images.py` with limits on memory, time and files, and speaks in frames over its pipes: a frame is four
bytes of length and the bytes. In: a JSON list of boxes to cover (mostly none), then one photo. Out: one JSON header, then
one frame for each size it names.
"""

from __future__ import annotations

import io
import json
import math
import os
import resource
import struct
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

import pi_heif
from PIL import ExifTags, Image, ImageCms, ImageDraw, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")  # a phone's MPO is opened as JPEG
PIXELS_MAX = 50_000_000
SIDE_MAX = 12_000
RATIO_MAX = 25
SIZES = {"large": 1600, "small": 400}
QUALITY = 82
BACKGROUND = (16, 22, 40)
COVER = (0, 0, 0)
MEMORY_BYTES = 1_400_000_000
CPU_SECONDS = 4  # a 48-megapixel HEIC takes 1.5
FRAME_MAX = 32 * 1024 * 1024
NICENESS = 5
BEGINNINGS = (b"\xff\xd8", b"\x89PNG", b"RIFF")
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation (EXIF 2.3, tag 274)."""


class Refused(Exception):
    """The photo is refused for the reason in its first argument."""


def clean(data: bytes, boxes: Sequence[Sequence[float]] = ()) -> tuple[dict[str, Any], list[bytes]]:
    """Return the header and the two encoded sizes of a photo; raise Refused.

    Args:
        data: the photo. boxes: what is covered, each as left, top, width, height in shares of the upright picture.

    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(image.size)
            position = _exif_position(image)
            if image.format in {"JPEG", "MPO"}:
                image.draft("RGB", _scaled(image.size, SIZES["large"]))
            pixels = _covered(_flat(image), boxes)
    except UnidentifiedImageError as error:
        raise Refused("broken" if _began_as_photo(data) else "not_an_image") from error
    except Image.DecompressionBombError as error:
        raise Refused("too_many_pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, TypeError, KeyError) as error:
        raise Refused("broken") from error
    header: dict[str, Any] = {"position": position, "sizes": []}
    frames = []
    for name, side in SIZES.items():
        pixels.thumbnail((side, side), Image.Resampling.LANCZOS)
        bare = Image.new("RGB", pixels.size)  # a picture made anew carries nothing but its pixels
        bare.paste(pixels)
        out = io.BytesIO()
        bare.save(out, "JPEG", quality=QUALITY, optimize=True)
        header["sizes"].append([name, *bare.size])
        frames.append(out.getvalue())
    return header, frames


def _covered(pixels: Image.Image, boxes: Sequence[Sequence[float]]) -> Image.Image:
    """Fill the boxes with one solid colour, out to whole pixels: what is blurred can be brought back, this cannot."""
    pen = ImageDraw.Draw(pixels)
    wide, high = pixels.size
    for left, top, width, height in boxes:
        begin = math.floor(left * wide), math.floor(top * high)
        end = math.ceil((left + width) * wide) - 1, math.ceil((top + height) * high) - 1
        pen.rectangle((begin, (max(begin[0], end[0]), max(begin[1], end[1]))), fill=COVER)
    return pixels


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    long, short = max(size), min(size)
    if short < 1 or width * height > PIXELS_MAX or long > SIDE_MAX or long > RATIO_MAX * short:
        raise Refused("too_many_pixels")


def _scaled(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(size))
    return max(1, math.ceil(size[0] * scale)), max(1, math.ceil(size[1] * scale))


def _began_as_photo(data: bytes) -> bool:
    return data.startswith(BEGINNINGS) or data[4:8] == b"ftyp"


def _flat(image: Image.Image) -> Image.Image:
    """Return the first frame in sRGB, upright, at most 1600 px, on a dark ground where it was transparent."""
    image.seek(0)
    profile = image.info.get("icc_profile")
    image.load()
    turn = UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    plain = _plain_mode(image)
    plain.thumbnail((SIZES["large"], SIZES["large"]), Image.Resampling.LANCZOS)
    flat = _on_ground(plain, profile) if plain.mode == "RGBA" else _in_srgb(plain, profile)
    return flat if turn is None else flat.transpose(turn)


def _plain_mode(image: Image.Image) -> Image.Image:
    """Return the picture with eight bits for each colour, and no palette, so that it can be made smaller smoothly."""
    if image.mode in {"I", "I;16", "I;16B", "I;16L", "I;16N"}:
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"LA", "La", "PA", "RGBa"} or (image.mode != "RGBA" and "transparency" in image.info):
        return image.convert("RGBA")
    return image if image.mode in {"L", "RGB", "RGBA", "CMYK"} else image.convert("RGB")


def _on_ground(image: Image.Image, profile: bytes | None) -> Image.Image:
    ground = Image.new("RGB", image.size, BACKGROUND)
    ground.paste(_in_srgb(image.convert("RGB"), profile), mask=image.getchannel("A"))
    return ground


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return image.convert("RGB")  # a bad profile is no reason to refuse a photo
        return converted or image.convert("RGB")
    return image.convert("RGB")


def _exif_position(image: Image.Image) -> list[float] | None:
    """Return [lon, lat] as the camera claims it, when it is a position at all."""
    try:
        gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef, "N"), "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef, "E"), "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, OSError, SyntaxError, struct.error):
        return None
    sane = math.isfinite(lon) and math.isfinite(lat) and abs(lat) <= 90 and abs(lon) <= 180
    return [lon, lat] if sane and (abs(lon) > 1e-9 or abs(lat) > 1e-9) else None


def _degrees(parts: Any, letter: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(p) for p in parts)
    value = degrees + minutes / 60 + seconds / 3600
    letter = letter.decode("ascii", "replace") if isinstance(letter, bytes) else str(letter)
    return -value if letter.strip().upper().startswith(negative) else value


def read_frame(pipe: BinaryIO) -> bytes | None:
    """Return the next frame; None when the other side is gone, breaks off, or says a length that no frame has."""
    head = pipe.read(4)
    length = int.from_bytes(head, "big")
    if len(head) < 4 or length > FRAME_MAX:
        return None
    data = pipe.read(length)
    return data if len(data) == length else None


def write_frame(pipe: BinaryIO, data: bytes) -> None:
    """Write one frame."""
    pipe.write(len(data).to_bytes(4, "big"))
    pipe.write(data)


def load_decoders() -> None:
    """Make every decoder ready by using it once: later there is no file that could be opened."""
    pi_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    for name in ("JPEG", "PNG", "WEBP", "AVIF", "MPO"):
        file = io.BytesIO()
        Image.new("RGB", (16, 8)).save(file, name, exif=exif, icc_profile=profile)
        clean(file.getvalue())


def shut_in() -> None:
    """Give up what a decoder that has been taken over would want: memory, files, sockets, other programs."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # the three pipes that are open; nothing more can be
    os.nice(NICENESS)


def _allow_seconds(seconds: int) -> None:
    """Let this process use so many more seconds of processor time; the kernel ends it with SIGXCPU after that."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(usage.ru_utime + usage.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def answer(data: bytes, boxes: Sequence[Sequence[float]] = ()) -> tuple[dict[str, Any], list[bytes]]:
    """Return what `clean` returns, or a header that says why not."""
    try:
        return clean(data, boxes)
    except Refused as error:
        return {"refused": str(error)}, []
    except MemoryError:
        return {"refused": "too_many_pixels"}, []
    except Exception:  # noqa: BLE001  (a decoder's own bug is a broken photo, never a crash of the service)
        return {"refused": "broken"}, []


def main() -> None:
    """Say that we are ready, then clean photos until the pipe closes."""
    load_decoders()
    shut_in()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    write_frame(sink, b"ready")
    sink.flush()
    while (boxes := read_frame(source)) is not None and (data := read_frame(source)) is not None:
        _allow_seconds(CPU_SECONDS)
        header, frames = answer(data, json.loads(boxes))
        write_frame(sink, json.dumps(header).encode())
        for frame in frames:
            write_frame(sink, frame)
        sink.flush()


if __name__ == "__main__":
    main()
