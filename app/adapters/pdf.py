"""Pages on paper: HTML becomes a tagged PDF (PDF/UA-1), and nothing is fetched from anywhere while it does.

The library that draws is imported when the first page is drawn, so that a web process which draws none never pays for it.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

VARIANT: Final = "pdf/ua-1"

Photo = Callable[[str, str], bytes | None]
"""Returns the JPEG of a photo by its public id and variant, or None when this reader may not see it."""


class Refused(ValueError):
    """A page asked for a file that is not ours; it is left out and the page is drawn without it."""


def draw(page: str, *, base_url: str, static: Path, photo: Photo) -> bytes:
    """Return a page as a tagged PDF.

    Args:
        page: a whole HTML page with `lang` and `<title>`. base_url: the address that its links begin with.
        static: the folder behind /static/. photo: reads what stands behind /photos/ID/VARIANT.

    """
    import weasyprint  # noqa: PLC0415  (a second of import that only who prints should pay)
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class OwnFiles(URLFetcher):
        """Answers with our own files, and refuses every other address."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            kind, data = own_file(url, base_url=base_url, static=static, photo=photo)
            return URLFetcherResponse(url, data, {"Content-Type": kind})

    fetcher = OwnFiles(allowed_protocols={"data"}, allow_redirects=False)
    document = weasyprint.HTML(string=page, base_url=base_url.rstrip("/") + "/", url_fetcher=fetcher)
    return bytes(document.write_pdf(pdf_variant=VARIANT, optimize_images=True, dpi=200))


def own_file(url: str, *, base_url: str, static: Path, photo: Photo) -> tuple[str, bytes]:
    """Return the media type and the bytes of one of our own files.

    Raises:
        Refused: another host, another folder, or a photo that is not for this reader.

    """
    asked, ours = urlsplit(url), urlsplit(base_url)
    prefix = ours.path.rstrip("/")
    if (asked.scheme, asked.netloc) != (ours.scheme, ours.netloc) or not asked.path.startswith(f"{prefix}/"):
        raise Refused("another host")
    folder, _, rest = unquote(asked.path.removeprefix(prefix).lstrip("/")).partition("/")
    if folder == "static":
        return _static_file(static, rest)
    if folder == "photos":
        name, _, variant = rest.partition("/")
        data = photo(name, variant)
        if data is not None:
            return "image/jpeg", data
    raise Refused(f"no file of ours: {folder}")


def _static_file(static: Path, name: str) -> tuple[str, bytes]:
    path = (static / name).resolve()
    if not path.is_relative_to(static.resolve()) or not path.is_file():
        raise Refused(f"no static file: {name}")
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream", path.read_bytes()
