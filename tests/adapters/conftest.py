"""One cleaner for all tests of this folder: its processes are started once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import pytest

from app.adapters import image_worker
from app.adapters.images import BYTES_MAX, Box, CleanPhoto, EncodedImage, ImageCleaner, PhotoRefused


class CleanerInThisProcess(ImageCleaner):
    """The worker's own rules without its process, so that a debugger and the coverage of branches can follow them."""

    def clean(self, data: bytes, boxes: Sequence[Box] = ()) -> CleanPhoto:
        """Return the photo cleaned, or raise PhotoRefused."""
        if len(data) > BYTES_MAX:
            raise PhotoRefused("too_large")
        header, frames = image_worker.answer(data, boxes)
        if "refused" in header:
            raise PhotoRefused(str(header["refused"]))
        sizes = zip(header["sizes"], frames, strict=True)
        variants = {name: EncodedImage(frame, width, height) for (name, width, height), frame in sizes}
        return CleanPhoto(variants, hashlib.sha256(variants["large"].data).hexdigest(), header["position"])


@pytest.fixture(scope="session")
def guarded() -> Iterator[ImageCleaner]:
    """Return the cleaner of the service: a damaged HEIC crashes its decoder, and only a process of its own outlives that."""
    cleaner = ImageCleaner()
    yield cleaner
    cleaner.close()


@pytest.fixture(scope="session", params=["in a process of its own", "in this one"])
def cleaner(request: pytest.FixtureRequest, guarded: ImageCleaner) -> ImageCleaner:
    """Return each cleaner."""
    if request.param == "in a process of its own":
        return guarded
    image_worker.load_decoders()
    return CleanerInThisProcess()
