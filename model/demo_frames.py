#!/usr/bin/python3
"""Writes the demo's pictures: the first 1,000 test images of Fashion-MNIST in one PNG, and their labels.

    apt-get install python3-torch python3-pil dataset-fashion-mnist
    /usr/bin/python3 model/demo_frames.py src/main/resources/dev/framelabel/tools/demo
"""

import pathlib
import sys

from PIL import Image

from train import LABELS, load

COUNT, COLUMNS, TILE = 1000, 40, 28


def main():
    folder = pathlib.Path(sys.argv[1])
    images, labels = load("t10k")
    sheet = Image.new("L", (COLUMNS * TILE, COUNT // COLUMNS * TILE))
    for index in range(COUNT):
        place = (index % COLUMNS * TILE, index // COLUMNS * TILE)
        sheet.paste(Image.fromarray(images[index].numpy()), place)
    sheet.save(folder / "frames.png", optimize=True)
    (folder / "labels.txt").write_text("".join(LABELS[label] + "\n" for label in labels[:COUNT]))


if __name__ == "__main__":
    main()
