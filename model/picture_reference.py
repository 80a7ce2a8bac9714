"""Writes what Pillow shows of all pictures in a folder, for DecoderPicturesTest.

    python3 model/picture_reference.py FOLDER    # makes FOLDER/reference.tsv

Each line: file, width, height, then red, green and blue of the quadrants top left, top right, bottom left, bottom right
(upright, over black; a JPEG at the eighths of its size that leave 32 x 32 pixels or more), or what Pillow said.
"""

import os
import sys
import warnings

import numpy
from PIL import Image, ImageOps

SIDE = 32


def grey_key(path, key):
    """The transparent sample in 8 bits: Pillow widens samples of fewer bits, but not this one."""
    with open(path, "rb") as file:
        depth = file.read(25)[24]
    return key * 255 // ((1 << depth) - 1) if depth < 8 else key


def upright(path):
    with Image.open(path) as picture:
        # Not that of XMP data, which Pillow takes where there is no Exif data.
        picture.info.pop("xmp", None)
        picture.info.pop("XML:com.adobe.xmp", None)
        orientation = picture.getexif().get(0x0112, 1)
        size = picture.size
        if picture.format == "JPEG":
            picture.draft(picture.mode, (SIDE, SIDE))
        picture.load()
        reduced = round(size[0] / picture.width)
        key = picture.info.get("transparency")
        if picture.mode.startswith("I"):
            # Pillow would cut 16 bits off at 255.
            values = numpy.asarray(picture).astype(numpy.float64)
            if key is not None:
                values[values == key] = 0
            picture = Image.fromarray(numpy.rint(values / 257).astype(numpy.uint8))
        elif picture.format == "PNG" and picture.mode == "L" and key is not None:
            picture.info["transparency"] = grey_key(path, key)
        picture = picture.convert("RGBA")
        black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        picture = Image.alpha_composite(black, picture).convert("RGB")
        if reduced > 1:
            picture = picture.resize((size[0] // reduced, size[1] // reduced), Image.Resampling.BILINEAR)
        picture.getexif()[0x0112] = orientation
        return ImageOps.exif_transpose(picture)


def quadrants(picture):
    pixels = numpy.asarray(picture).astype(numpy.float64)
    down = (picture.height + 1) // 2
    across = (picture.width + 1) // 2
    for rows in (pixels[:down], pixels[down:]):
        for part in (rows[:, :across], rows[:, across:]):
            yield from part.mean((0, 1)) if part.size else (0, 0, 0)


def main(folder):
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    with open(os.path.join(folder, "reference.tsv"), "w", encoding="utf-8") as out:
        for path, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                if name.lower().endswith((".jpg", ".jpeg", ".png", ".webp")):
                    file = os.path.join(path, name)
                    try:
                        picture = upright(file)
                        means = "\t".join(f"{value:.2f}" for value in quadrants(picture))
                        shown = f"{picture.width}\t{picture.height}\t{means}"
                    except Exception as refused:
                        shown = repr(refused).replace("\t", " ").replace("\n", " ")
                    out.write(f"{os.path.relpath(file, folder)}\t{shown}\n")


if __name__ == "__main__":
    main(sys.argv[1])
