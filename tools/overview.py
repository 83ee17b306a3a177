"""Puts three pictures of `make screenshots` beside each other for README.md: resident, coordinator, technician."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "build" / "screenshots"
HEIGHT_PX = 760
GAP_PX = 20
PICTURES = ("resident_start_360", "coordinator_coordinator_dark-spots_1280", "technician_technician_360")


def picture(name: str) -> Image.Image:
    """Return the top of a page, at the common height."""
    page = Image.open(SHOTS / f"{name}.png").convert("RGB")
    return page.crop((0, 0, page.width, HEIGHT_PX))


def main() -> None:
    """Write docs/images/overview.png, small enough to be loaded with the page that shows it."""
    pages = [picture(name) for name in PICTURES]
    width_px = sum(page.width for page in pages) + GAP_PX * (len(pages) + 1)
    sheet = Image.new("RGB", (width_px, HEIGHT_PX + 2 * GAP_PX), "#d9dce3")
    left_px = GAP_PX
    for page in pages:
        sheet.paste(page, (left_px, GAP_PX))
        left_px += page.width + GAP_PX
    small = sheet.resize((sheet.width * 2 // 3, sheet.height * 2 // 3), Image.Resampling.LANCZOS)
    (ROOT / "docs" / "images").mkdir(parents=True, exist_ok=True)
    small.quantize(96).save(ROOT / "docs" / "images" / "overview.png", optimize=True)


if __name__ == "__main__":
    main()
