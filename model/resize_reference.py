#!/usr/bin/env python3
"""Writes src/test/resources/images/resize-expected.json: what Pillow makes of small pictures.

Resize and centre crop as torchvision has them, which timm and Transformers use. Needs numpy and Pillow.
"""

import base64
import json
import math
import pathlib

import numpy
from PIL import Image

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
SIZES = [(64, 48), (97, 61), (33, 90), (24, 24), (12, 9), (400, 31)]
OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/images/resize-expected.json"


def picture(width, height):
    """Stripes, curves and hard edges; the Java test makes the same."""
    y, x, channel = numpy.ogrid[:height, :width, :3]
    value = x * 7 + y * 11 + 40 * channel + x * y // 5 + 90 * ((x // 5 + y // 3) % 2)
    return Image.fromarray((value % 256).astype(numpy.uint8))


def fitted(image, side, resize, crop_pct, filter_):
    scaled = math.floor(side / crop_pct)
    width, height = image.size
    if resize == "stretch":
        size = (scaled, scaled)
    elif width <= height:
        size = (scaled, int(scaled * height / width))
    else:
        size = (int(scaled * width / height), scaled)
    image = image.resize(size, filter_)
    left, top = int(round((size[0] - side) / 2.0)), int(round((size[1] - side) / 2.0))
    return image.crop((left, top, left + side, top + side))


def main():
    cases = []
    for width, height in SIZES:
        for name, filter_ in FILTERS.items():
            for resize, crop_pct in (("stretch", 1.0), ("crop", 1.0), ("crop", 0.875), ("stretch", 0.9)):
                pixels = fitted(picture(width, height), 12, resize, crop_pct, filter_).tobytes()
                cases.append({"width": width, "height": height, "side": 12, "resize": resize, "cropPct": crop_pct,
                              "interpolation": name, "pixels": base64.b64encode(pixels).decode()})
    OUT.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
