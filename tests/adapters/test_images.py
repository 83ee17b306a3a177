"""What becomes of a photo: upright, small, in true colours, and with nothing in it but its pixels."""

from __future__ import annotations

import io
import random
import struct

import pytest
from PIL import ExifTags, Image, ImageCms

from app.adapters.images import BYTES_MAX, CleanPhoto, ImageCleaner, PhotoRefused
from tests.adapters import pictures
from tests.adapters.pictures import CANARY, HEIC, PLACE, encoded, exif, pattern

UPRIGHT = ["red", "green", "blue", "white"]
HELD = {  # what the sensor wrote, so that turning by the tag gives the pattern again
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip


def large(photo: CleanPhoto) -> Image.Image:
    image = Image.open(io.BytesIO(photo.variants["large"].data))
    image.load()
    return image


def refusal(cleaner: ImageCleaner, data: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        cleaner.clean(data)
    return refused.value.code


@pytest.mark.parametrize("orientation", HELD)
def test_a_photo_is_upright_however_the_phone_was_held(cleaner: ImageCleaner, orientation: int) -> None:
    turn = HELD[orientation]
    seen = pattern() if turn is None else pattern().transpose(turn)
    photo = cleaner.clean(encoded(seen, exif=exif(orientation)))
    assert pictures.corners(photo.variants["large"].data) == UPRIGHT
    assert (photo.variants["large"].width, photo.variants["large"].height) == (64, 48) == large(photo).size


def test_an_orientation_that_does_not_exist_leaves_the_picture_as_it_is(cleaner: ImageCleaner) -> None:
    photo = cleaner.clean(encoded(pattern(), exif=exif(77)))
    assert pictures.corners(photo.variants["small"].data) == UPRIGHT


def test_both_sizes_keep_the_shape_and_a_small_picture_is_not_blown_up(cleaner: ImageCleaner) -> None:
    photo = cleaner.clean(encoded(pattern(4000, 3000)))
    assert [(v.width, v.height) for v in photo.variants.values()] == [(1600, 1200), (400, 300)]
    assert (cleaner.clean(encoded(pattern(30, 20))).variants["large"].width) == 30


@pytest.mark.parametrize(
    "data", [pictures.jpeg_with_everything(), pictures.png_with_everything(), HEIC], ids=["jpeg", "png", "heic"]
)
def test_nothing_that_says_who_where_or_when_is_left_in_what_we_keep(cleaner: ImageCleaner, data: bytes) -> None:
    assert CANARY in data
    for variant in cleaner.clean(data).variants.values():
        assert CANARY not in variant.data
        assert CANARY.decode().encode("utf-16-be") not in variant.data
        image = Image.open(io.BytesIO(variant.data))
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "MPO"])
def test_every_format_that_phones_send_becomes_the_same_jpeg_picture(cleaner: ImageCleaner, kind: str) -> None:
    photo = cleaner.clean(encoded(pattern(), kind))
    assert pictures.corners(photo.variants["large"].data) == UPRIGHT
    assert large(photo).format == "JPEG"


def test_a_phones_heic_is_read_upright_with_the_place_it_claims(cleaner: ImageCleaner) -> None:
    photo = cleaner.clean(HEIC)
    assert (photo.variants["large"].width, photo.variants["large"].height) == (48, 64)
    assert photo.exif_position == pytest.approx(PLACE, abs=1e-5)


def test_a_picture_with_a_second_one_inside_is_taken_by_its_first(cleaner: ImageCleaner) -> None:
    data = encoded(pattern(), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48), pictures.BLUE)])
    assert pictures.corners(cleaner.clean(data).variants["large"].data) == UPRIGHT


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_a_moving_picture_is_kept_as_its_first_moment(cleaner: ImageCleaner, kind: str) -> None:
    data = encoded(pattern(), kind, save_all=True, append_images=[Image.new("RGB", (64, 48), pictures.BLUE)] * 3)
    assert pictures.corners(cleaner.clean(data).variants["large"].data) == UPRIGHT


def test_what_was_transparent_becomes_dark_and_what_was_not_keeps_its_colour(cleaner: ImageCleaner) -> None:
    image = pattern().convert("RGBA")
    image.paste((255, 255, 255, 0), (0, 0, 32, 24))
    clean = large(cleaner.clean(encoded(image, "PNG")))
    assert max(clean.getpixel((10, 10))) < 60
    assert clean.getpixel((50, 40)) > (200, 200, 200)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_colour_mode_come_out_light_where_they_were_light(cleaner: ImageCleaner, mode: str) -> None:
    image = Image.new("L", (64, 48), 0)
    image.paste(255, (32, 0, 64, 48))
    image = (
        image.convert("I").point(lambda v: v * 257).convert("I;16")
        if mode == "I;16"
        else image.convert("RGB").convert(mode)
    )
    clean = large(cleaner.clean(encoded(image, "JPEG" if mode == "CMYK" else "PNG")))
    assert max(clean.getpixel((8, 24))) < 40
    assert min(clean.getpixel((56, 24))) > 215
    grey = Image.new("L", (64, 48), 128).convert("I").point(lambda v: v * 257).convert("I;16")
    assert large(cleaner.clean(encoded(grey, "PNG"))).getpixel((30, 20))[0] == pytest.approx(128, abs=3)


def test_colours_of_a_wide_profile_are_brought_home_before_it_is_dropped(cleaner: ImageCleaner) -> None:
    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = (
        lab_like.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")
    )  # red is blue in it
    clean = large(cleaner.clean(encoded(Image.new("RGB", (64, 48), (220, 10, 10)), icc_profile=swapped)))
    red, _, blue = clean.getpixel((30, 20))
    assert blue > red + 100


@pytest.mark.parametrize("profile", [b"not a profile", b"\0" * 128, b"\0" * 4000])
def test_a_broken_colour_profile_is_no_reason_to_refuse_a_photo(cleaner: ImageCleaner, profile: bytes) -> None:
    photo = cleaner.clean(encoded(pattern(), icc_profile=profile))
    assert pictures.corners(photo.variants["large"].data) == UPRIGHT


def test_the_place_in_a_photo_is_offered_with_its_half_of_the_globe(cleaner: ImageCleaner) -> None:
    assert cleaner.clean(encoded(pattern(), exif=exif(place=PLACE))).exif_position == pytest.approx(PLACE, abs=1e-5)
    southwest = cleaner.clean(encoded(pattern(), exif=exif(place=(70.5, 33.25), letters="SW"))).exif_position
    assert southwest == pytest.approx((-70.5, -33.25), abs=1e-5)


@pytest.mark.parametrize("place", [(0.0, 0.0), (200.0, 10.0), (10.0, 95.0)])
def test_no_position_and_impossible_positions_are_not_offered(
    cleaner: ImageCleaner, place: tuple[float, float]
) -> None:
    assert cleaner.clean(encoded(pattern(), exif=exif(place=place))).exif_position is None


def test_a_position_that_is_no_number_is_no_position(cleaner: ImageCleaner) -> None:
    tags = exif(place=PLACE)
    tags.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (0.0, 0.0, 0.0)
    data = encoded(pattern(), exif=tags)
    no_number = data.replace(struct.pack(">II", 0, 1), struct.pack(">II", 0, 0), 1)  # 0 degrees of 0
    assert no_number != data
    assert cleaner.clean(data).exif_position == pytest.approx((PLACE[0], 0), abs=1e-5)
    assert cleaner.clean(no_number).exif_position is None


NO_PHOTOS = {
    "gif": encoded(pattern().convert("P"), "GIF"),
    "bmp": encoded(pattern(), "BMP"),
    "tiff": encoded(pattern(), "TIFF"),
    "pdf": encoded(pattern(), "PDF"),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "html": b"<!doctype html><script>alert(1)</script>",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "zip": b"PK\x03\x04" + b"\0" * 60,
    "text": b"hej",
    "nothing": b"",
    "zeros": b"\0" * 1000,
}


@pytest.mark.parametrize("name", NO_PHOTOS)
def test_what_is_no_photo_is_refused_with_words_that_say_so(cleaner: ImageCleaner, name: str) -> None:
    assert refusal(cleaner, NO_PHOTOS[name]) == "not_an_image"


@pytest.mark.parametrize(
    "head", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x1cftypheic"]
)
def test_a_photo_of_which_only_the_beginning_arrived_is_called_broken(cleaner: ImageCleaner, head: bytes) -> None:
    assert refusal(cleaner, head) == "broken"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIC"])
def test_a_photo_that_breaks_off_is_refused_and_never_kept_in_part(cleaner: ImageCleaner, kind: str) -> None:
    noise = Image.effect_noise((640, 480), 60).convert("RGB")
    data = HEIC if kind == "HEIC" else encoded(noise, kind)
    assert refusal(cleaner, data[: len(data) * 6 // 10]) == "broken"


@pytest.mark.parametrize("size", [(30_000, 30_000), (8000, 8000), (1, 21_600_000), (12_001, 600), (2600, 100)])
def test_a_bomb_is_refused_by_what_it_claims_before_it_is_unpacked(
    guarded: ImageCleaner, size: tuple[int, int]
) -> None:
    data = pictures.png_bomb(*size)
    assert len(data) < 200_000
    assert refusal(guarded, data) == "too_many_pixels"


def test_a_file_of_more_than_twenty_mebibytes_is_refused_unread(cleaner: ImageCleaner) -> None:
    assert refusal(cleaner, encoded(pattern()) + b"\0" * BYTES_MAX) == "too_large"


@pytest.mark.parametrize(
    "tail", [b"<script>alert(1)</script>", b"PK\x03\x04" + b"\0" * 30, b"%PDF-1.7", b"<?php echo 1; ?>"]
)
def test_a_file_that_is_two_things_at_once_leaves_only_the_picture(cleaner: ImageCleaner, tail: bytes) -> None:
    data = encoded(pattern(), comment=tail) + tail
    for variant in cleaner.clean(data).variants.values():
        assert tail not in variant.data
        assert variant.data.endswith(b"\xff\xd9")


def test_five_hundred_damaged_photos_are_each_cleaned_or_refused_and_never_anything_else(guarded: ImageCleaner) -> None:
    chance = random.Random(7)
    honest = [HEIC, *(encoded(pattern(), kind, exif=exif(place=PLACE)) for kind in ("JPEG", "PNG", "WEBP", "AVIF"))]
    codes = set()
    for _ in range(500):
        data = bytearray(chance.choice(honest))
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            codes.add(large(guarded.clean(bytes(data))).format)
        except PhotoRefused as refused:
            codes.add(refused.code)
    assert codes <= {"JPEG", "broken", "not_an_image", "too_many_pixels"}


def test_a_box_is_burned_in_solid_to_the_last_pixel_of_the_upright_picture(cleaner: ImageCleaner) -> None:
    data = encoded(Image.new("RGB", (100, 60), "white"), exif=exif(6))  # turned, it is 60 wide and 100 high
    photo = cleaner.clean(data, [(0.5, 0.25, 0.2, 0.1), (0.9, 0.9, 0.5, 0.5)])
    with Image.open(io.BytesIO(photo.variants["large"].data)) as image:
        seen = image.convert("L")
    assert seen.size == (60, 100)
    covered = seen.crop((30, 25, 42, 35))
    assert max(covered.getextrema()) < 30
    assert seen.getpixel((57, 95)) < 30
    assert seen.getpixel((10, 10)) > 240
