#!/usr/bin/env python3
"""Writes src/test/resources/photos/expected.json: probabilities of the demo's model for ten photographs.

Pictures are fitted with Pillow as timm and Transformers do it. Transformers 4.46.3 (ViTImageProcessor and
ConvNextImageProcessor) makes the same pixels of these photographs, but for a crop that cuts off an odd number of them: it
rounds the half down, and timm (torchvision) to the even side. Needs numpy, onnxruntime and Pillow.
"""

import json
import pathlib

import numpy
import onnxruntime
from PIL import Image

from resize_reference import FILTERS, fitted

ROOT = pathlib.Path(__file__).parent.parent
PHOTOS = ROOT / "src/test/resources/photos"
FITS = [("stretch", 1.0, "bilinear"), ("crop", 0.875, "bilinear"), ("crop", 0.9, "bicubic"), ("stretch", 1.0, "bicubic")]
SIDE = 71


def main():
    session = onnxruntime.InferenceSession(str(ROOT / "model/demo-xception.onnx"))
    cases = []
    for photo in sorted(PHOTOS.glob("*.jpg")):
        for resize, crop_pct, interpolation in FITS:
            image = fitted(Image.open(photo).convert("RGB"), SIDE, resize, crop_pct, FILTERS[interpolation])
            row = session.run(None, {"frames": numpy.asarray(image)[None]})[0][0]
            cases.append({"photo": photo.name, "resize": resize, "cropPct": crop_pct, "interpolation": interpolation,
                          "probabilities": [round(float(value), 5) for value in row]})
    (PHOTOS / "expected.json").write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
