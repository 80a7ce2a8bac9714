#!/usr/bin/python3
"""Trains an Xception: the demo's on Fashion-MNIST, or, with --data, one on a folder of labelled pictures.

    apt-get install python3-torch python3-pil dataset-fashion-mnist
    /usr/bin/python3 model/train.py --out target/demo.pt --log model/demo-training.log

    framelabel model import --from keras weights.h5 --state-dict base.safetensors
    /usr/bin/python3 model/train.py --data pictures/ --weights base.safetensors --out mine.pt --log mine.log
    /usr/bin/python3 model/export.py mine.pt mine.onnx --name mine --version 1

With --data: one folder for each class. Imported weights: first the new head alone, then the whole network; the
checkpoint with the lowest validation loss is kept, beside it metrics (.metrics.json) and the confusion matrix
(.confusion.png). `--data demo` fine-tunes on part of Fashion-MNIST.

Without --data, the demo's training. The pictures are enlarged from 28x28 grey to 71x71 RGB as a camera frame would show them, with shifts,
mirroring, light changes, noise and JPEG artefacts, so that the model holds on compressed frames.
"""

import argparse
import gzip
import io
import pathlib
import time

import numpy
import torch
from PIL import Image
from torch.nn import functional

from xception import Xception, parameter_count

DATASET = pathlib.Path("/usr/share/datasets/fashion-mnist")
LABELS = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
SIZE = 71


def load(split):
    """Returns images uint8 [N,28,28] and labels int64 [N] of split `train` or `t10k`."""
    with gzip.open(DATASET / f"{split}-images-idx3-ubyte.gz") as file:
        images = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(DATASET / f"{split}-labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(), numpy.uint8, offset=8)
    return torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(numpy.int64))


def enlarge(images, transform=None):
    """uint8 [N,28,28] -> float 0..255 [N,1,71,71], by the affine transform [N,2,3] where one is given."""
    x = images[:, None].float()
    if transform is None:
        return functional.interpolate(x, size=(SIZE, SIZE), mode="bilinear", align_corners=False)
    grid = functional.affine_grid(transform, (len(x), 1, SIZE, SIZE), align_corners=False)
    return functional.grid_sample(x, grid, mode="bilinear", align_corners=False)


def random_transform(count):
    angle = (torch.rand(count) - 0.5) * 0.26
    scale = 1 + (torch.rand(count) - 0.5) * 0.24
    mirror = (torch.rand(count) < 0.5).float() * 2 - 1
    shift = (torch.rand(count, 2) - 0.5) * 0.22
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    first = torch.stack([cos * mirror, -sin, shift[:, 0]], 1)
    second = torch.stack([sin * mirror, cos, shift[:, 1]], 1)
    return torch.stack([first, second], 1)


def through_jpeg(picture, quality):
    """float [71,71] -> the same after JPEG compression at the given quality."""
    buffer = io.BytesIO()
    Image.fromarray(picture.byte().numpy()).save(buffer, "JPEG", quality=quality)
    return torch.from_numpy(numpy.array(Image.open(buffer))).float()


def augment(images):
    x = enlarge(images, random_transform(len(images)))
    light = 0.75 + torch.rand(len(x), 1, 1, 1) * 0.5
    x = (x * light + torch.randn(len(x), 1, 1, 1) * 6 + torch.randn_like(x) * 4).clamp(0, 255)
    for index in torch.randperm(len(x))[: len(x) // 4]:
        x[index, 0] = through_jpeg(x[index, 0], int(torch.randint(40, 96, ())))
    erase(x)
    return x


def erase(x):
    """Blanks one random rectangle in half of the pictures."""
    for index in torch.randperm(len(x))[: len(x) // 2]:
        height, width = (int(n) for n in torch.randint(8, 28, (2,)))
        top, left = int(torch.randint(0, SIZE - height, ())), int(torch.randint(0, SIZE - width, ()))
        x[index, 0, top : top + height, left : left + width] = torch.rand(()) * 255


def network_input(x):
    return (x / 127.5 - 1).expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def accuracy(model, images, labels):
    model.eval()
    right = 0
    for start in range(0, len(images), 500):
        logits = model(network_input(enlarge(images[start : start + 500])))
        right += int((logits.argmax(1) == labels[start : start + 500]).sum())
    return right / len(images)


class WeightAverage:
    """Exponential moving average of weights and statistics: a steadier model than the last step's."""

    def __init__(self, model, decay):
        self.decay = decay
        self.state = {name: value.clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model):
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                self.state[name].lerp_(value, 1 - self.decay)
            else:
                self.state[name].copy_(value)


def main():
    arguments = parse()
    if arguments.data:
        import fine_tune
        fine_tune.run(arguments)
        return
    torch.manual_seed(arguments.seed)
    images, labels = load("train")
    test_images, test_labels = load("t10k")
    model = Xception(len(LABELS), arguments.width).to(memory_format=torch.channels_last)
    average = WeightAverage(model, 0.998)
    averaged = Xception(len(LABELS), arguments.width).to(memory_format=torch.channels_last)
    steps = len(images) // arguments.batch
    optimiser = torch.optim.AdamW(model.parameters(), lr=arguments.rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, arguments.rate, total_steps=steps * arguments.epochs, pct_start=0.2)
    arguments.log.parent.mkdir(parents=True, exist_ok=True)
    with open(arguments.log, "w", buffering=1) as log:

        def say(text):
            print(text, flush=True)
            log.write(text + "\n")

        say(f"Xception width {arguments.width}, {parameter_count(model):,} parameters, {SIZE}x{SIZE}, "
            f"Fashion-MNIST {len(images)} training and {len(test_images)} test images, seed {arguments.seed}")
        for epoch in range(1, arguments.epochs + 1):
            started, losses = time.time(), []
            model.train()
            order = torch.randperm(len(images))
            for step in range(steps):
                chosen = order[step * arguments.batch : (step + 1) * arguments.batch]
                loss = functional.cross_entropy(
                    model(network_input(augment(images[chosen]))), labels[chosen], label_smoothing=0.05)
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                optimiser.step()
                schedule.step()
                average.update(model)
                losses.append(float(loss))
                if step % 50 == 0:
                    print(f"epoch {epoch} step {step}/{steps} loss {losses[-1]:.3f}", flush=True)
            averaged.load_state_dict(average.state)
            score = accuracy(averaged, test_images, test_labels)
            say(f"epoch {epoch:2d}/{arguments.epochs}  loss {numpy.mean(losses):.4f}  "
                f"test accuracy {score:.4f}  {time.time() - started:.0f} s")
            torch.save({"state": average.state, "width": arguments.width, "size": SIZE, "labels": LABELS,
                        "accuracy": score, "epoch": epoch}, arguments.out)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="checkpoint to write (.pt)")
    parser.add_argument("--log", type=pathlib.Path, required=True, help="log of losses and accuracies to write")
    parser.add_argument("--epochs", type=int, default=12, help="of the whole network")
    parser.add_argument("--batch", type=int, help="pictures in a batch; default: 128, with --data 16")
    parser.add_argument("--rate", type=float,
                        help="highest learning rate of the whole network; default: 3e-3, from --weights 1e-4")
    parser.add_argument("--width", type=float, default=0.25, help="of a network with random weights")
    parser.add_argument("--seed", type=int, default=7)
    tune = parser.add_argument_group("fine-tuning")
    tune.add_argument("--data", help="folder with a folder of pictures for each class, or 'demo'")
    tune.add_argument("--weights", type=pathlib.Path, help=".safetensors of 'model import --state-dict'")
    tune.add_argument("--padding", choices=["torch", "keras"], default="torch", help="of random weights")
    tune.add_argument("--size", type=int, default=299, help="side of the input, 71 or more")
    tune.add_argument("--hidden", type=int, default=0, help="neurons of a layer before the last, e.g. 1024")
    tune.add_argument("--head-epochs", type=int, default=5, help="with the base frozen; only with --weights")
    tune.add_argument("--head-rate", type=float, default=1e-3)
    tune.add_argument("--validation", type=float, default=0.2, help="part of the pictures that is held back")
    tune.add_argument("--patience", type=int, default=4, help="epochs without a better one before it stops")
    tune.add_argument("--limit", type=int, default=3000, help="pictures of --data demo")
    arguments = parser.parse_args()
    if arguments.batch is None:
        arguments.batch = 16 if arguments.data else 128
    if arguments.rate is None:
        arguments.rate = 1e-4 if arguments.weights else 3e-3
    if arguments.data and arguments.size < 71:
        parser.error(f"--size is {arguments.size}; expected 71 or more")
    return arguments


if __name__ == "__main__":
    main()
