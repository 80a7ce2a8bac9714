#!/usr/bin/env python3
"""Adds sample pictures to the demo's model: one of each class, with its probabilities on the CPU in float32.

    python3 -m pip install numpy onnx onnxruntime==1.28.0 pillow
    ORT_DISABLE_TELEMETRY=1 python3 model/demo_samples.py

The rest of the file stays byte for byte: the new metadata is appended.
"""

import base64
import io
import json
import pathlib

import numpy
import onnx
import onnxruntime
from PIL import Image

ROOT = pathlib.Path(__file__).parent.parent
MODEL = ROOT / "model/demo-xception.onnx"
DEMO = ROOT / "src/main/resources/dev/framelabel/tools/demo"
KEY, SIDE, TILE, COLUMNS, MARGIN = "framelabel.samples", 71, 28, 40, 0.02


def jpeg(tiles, index):
    left, top = index % COLUMNS * TILE, index // COLUMNS * TILE
    picture = tiles.crop((left, top, left + TILE, top + TILE)).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()


def main():
    names = json.loads({entry.key: entry.value for entry in onnx.load(str(MODEL)).metadata_props}["framelabel.labels"])
    truth = (DEMO / "labels.txt").read_text().splitlines()
    tiles = Image.open(DEMO / "frames.png").convert("RGB")
    session = onnxruntime.InferenceSession(str(MODEL), providers=["CPUExecutionProvider"])
    assert KEY not in session.get_modelmeta().custom_metadata_map, "the model has samples already"
    samples = []
    for name in names:
        for index in (index for index, label in enumerate(truth) if label == name):
            picture = jpeg(tiles, index)
            pixels = numpy.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
            row = session.run(None, {"frames": pixels[None]})[0][0]
            first, second = numpy.sort(row)[::-1][:2]
            if names[row.argmax()] == name and first - second > MARGIN:
                samples.append({"jpeg": base64.b64encode(picture).decode(),
                                "probabilities": [float(str(value)) for value in row]})
                break
    added = onnx.ModelProto()
    added.metadata_props.add(key=KEY, value=json.dumps(samples, separators=(",", ":")))
    MODEL.write_bytes(MODEL.read_bytes() + added.SerializeToString())
    print(f"{MODEL}: {len(samples)} samples, {MODEL.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
