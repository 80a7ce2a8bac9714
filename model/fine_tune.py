"""Fine-tunes an Xception on labelled pictures. Used by train.py, where `--data` is given."""

import copy
import json
import pathlib
import sys
import time

import numpy
import torch
from PIL import Image, ImageDraw, ImageOps
from torch import nn
from torch.nn import functional

from to_safetensors import load as load_safetensors
from xception import Xception, parameter_count

PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


class FolderData:
    """A folder with one folder of pictures for each class; classes in the order of their names."""

    def __init__(self, folder, size):
        self.size = size
        self.classes = sorted(path.name for path in folder.iterdir() if path.is_dir())
        self.items = [(path, index) for index, name in enumerate(self.classes)
                      for path in sorted((folder / name).rglob("*")) if path.suffix.lower() in PICTURES]
        if len(self.classes) < 2 or not self.items:
            sys.exit(f"{folder}: found {len(self.classes)} folders and {len(self.items)} pictures; "
                     "expected one folder of JPEG, PNG or WebP files for each of two or more classes")
        empty = set(range(len(self.classes))) - {label for _, label in self.items}
        if empty:
            sys.exit(f"{folder}: no picture in {[self.classes[index] for index in sorted(empty)]}")

    def label(self, index):
        return self.items[index][1]

    def picture(self, index):
        """uint8 [size,size,3]: the largest centred square, as the job's resize 'crop'."""
        path = self.items[index][0]
        try:
            with Image.open(path) as image:
                image = ImageOps.exif_transpose(image).convert("RGB")
                return numpy.asarray(ImageOps.fit(image, (self.size, self.size), Image.Resampling.BILINEAR))
        except OSError as failure:
            sys.exit(f"{path}: cannot be read as a picture: {failure}")

    def __len__(self):
        return len(self.items)


class DemoData:
    """The first pictures of Fashion-MNIST, enlarged."""

    def __init__(self, size, limit):
        from train import LABELS, load
        self.size, self.classes = size, LABELS
        images, labels = load("train")
        self.images, self.labels = images[:limit].numpy(), labels[:limit].tolist()

    def label(self, index):
        return self.labels[index]

    def picture(self, index):
        image = Image.fromarray(self.images[index]).convert("RGB")
        return numpy.asarray(image.resize((self.size, self.size), Image.Resampling.BILINEAR))

    def __len__(self):
        return len(self.labels)


class Progress:
    """A bar on the terminal; nothing where the output is no terminal."""

    def __init__(self, title, total):
        self.title, self.total, self.done, self.shown = title, total, 0, sys.stderr.isatty()

    def step(self, text):
        self.done += 1
        if self.shown:
            filled = 30 * self.done // self.total
            end = "\n" if self.done == self.total else ""
            print(f"\r{self.title} [{'#' * filled:<30}] {self.done}/{self.total} {text} ",
                  end=end, file=sys.stderr, flush=True)


def split(data, fraction, seed):
    """Indices for training and validation; every class gives the same part, at least one picture."""
    random, training, validation = numpy.random.default_rng(seed), [], []
    for label in range(len(data.classes)):
        indices = [index for index in range(len(data)) if data.label(index) == label]
        random.shuffle(indices)
        held = min(len(indices) - 1, max(1, round(len(indices) * fraction)))
        if held < 1:
            sys.exit(f"class {data.classes[label]} has {len(indices)} pictures; expected 2 or more")
        validation += indices[:held]
        training += indices[held:]
    return training, validation


def batches(data, indices, size, random=None):
    """Yields float32 [n,3,H,W] in -1..1 and labels; shuffled, mirrored and shifted where `random` is given."""
    order = list(indices)
    if random is not None:
        random.shuffle(order)
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        pictures = numpy.stack([data.picture(index) for index in chosen])
        if random is not None:
            pictures = numpy.stack([changed(picture, random) for picture in pictures])
        x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
        labels = torch.tensor([data.label(index) for index in chosen])
        yield x.contiguous(memory_format=torch.channels_last), labels


def changed(picture, random):
    if random.random() < 0.5:
        picture = picture[:, ::-1]
    reach = picture.shape[0] // 12
    down, right = (int(n) for n in random.integers(-reach, reach + 1, 2))
    padded = numpy.pad(picture, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    size = picture.shape[0]
    return padded[reach + down : reach + down + size, reach + right : reach + right + size]


def network(arguments, classes):
    """The network, its base from imported weights where they are given; the head is always new."""
    if arguments.weights is None:
        return Xception(classes, arguments.width, arguments.hidden, arguments.padding)
    state, metadata = load_safetensors(arguments.weights)
    last = state.get("exit_flow.endconv.4.weight")
    if last is None:
        sys.exit(f"{arguments.weights}: no state_dict of model/xception.py; make one with "
                 "'framelabel model import ... --state-dict FILE'")
    padding = metadata.get("framelabel.padding", "torch")
    model = Xception(classes, len(last) / 2048, arguments.hidden, padding)
    base = {name: value for name, value in state.items() if not name.startswith(("fc.", "dense."))}
    missing, unexpected = model.load_state_dict(base, strict=False)
    missing = [name for name in missing
               if not name.startswith(("fc.", "dense.")) and not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        sys.exit(f"{arguments.weights}: missing {missing[:5]}, unexpected {list(unexpected)[:5]}")
    return model


def set_frozen(model, frozen):
    for part in model.base():
        part.train(not frozen)
        for parameter in part.parameters():
            parameter.requires_grad_(not frozen)


@torch.no_grad()
def evaluate(model, data, indices, batch):
    """Mean loss and the confusion matrix: rows are true classes, columns predicted ones."""
    model.eval()
    confusion = numpy.zeros((len(data.classes), len(data.classes)), int)
    loss = 0.0
    for x, labels in batches(data, indices, batch):
        logits = model(x)
        loss += float(functional.cross_entropy(logits, labels, reduction="sum"))
        for truth, guess in zip(labels.tolist(), logits.argmax(1).tolist()):
            confusion[truth, guess] += 1
    return loss / len(indices), confusion


def metrics(confusion, classes):
    right = numpy.diag(confusion)
    recall = right / numpy.maximum(1, confusion.sum(1))
    precision = right / numpy.maximum(1, confusion.sum(0))
    f1 = 2 * precision * recall / numpy.maximum(1e-9, precision + recall)
    return {"accuracy": float(right.sum() / confusion.sum()), "macro_f1": float(f1.mean()),
            "classes": {name: {"precision": float(precision[i]), "recall": float(recall[i]), "f1": float(f1[i]),
                               "pictures": int(confusion[i].sum())} for i, name in enumerate(classes)},
            "confusion": confusion.tolist()}


def draw_confusion(confusion, classes, path):
    """A picture of the matrix: rows are true classes, the darker the more."""
    cell, margin = max(24, min(60, 900 // len(classes))), 150
    side = margin + cell * len(classes)
    image = Image.new("RGB", (side + 10, side + 30), "white")
    draw = ImageDraw.Draw(image)
    draw.text((margin, 4), "predicted", fill="black")
    draw.text((4, margin - 14), "true", fill="black")
    for row, name in enumerate(classes):
        draw.text((4, margin + row * cell + cell // 3), name[:22], fill="black")
        label = Image.new("RGB", (margin - 24, 12), "white")
        ImageDraw.Draw(label).text((0, 0), name[:20], fill="black")
        image.paste(label.rotate(90, expand=True), (margin + row * cell + cell // 3, 20))
        total = max(1, confusion[row].sum())
        for column in range(len(classes)):
            share = confusion[row, column] / total
            shade = round(255 * (1 - share))
            left, top = margin + column * cell, margin + row * cell
            draw.rectangle((left, top, left + cell - 1, top + cell - 1), fill=(shade, shade, 255), outline="gray")
            if confusion[row, column]:
                draw.text((left + 4, top + cell // 3), str(confusion[row, column]),
                          fill="white" if share > 0.6 else "black")
    image.save(path)


def run(arguments):
    torch.manual_seed(arguments.seed)
    data = (DemoData(arguments.size, arguments.limit) if arguments.data == "demo"
            else FolderData(pathlib.Path(arguments.data), arguments.size))
    training, validation = split(data, arguments.validation, arguments.seed)
    model = network(arguments, len(data.classes)).to(memory_format=torch.channels_last)
    arguments.log.parent.mkdir(parents=True, exist_ok=True)
    with open(arguments.log, "w", buffering=1) as log:

        def say(text):
            print(text, flush=True)
            log.write(text + "\n")

        say(f"Xception width {model.width:g}, {parameter_count(model):,} parameters, padding {model.padding}, "
            f"{data.size}x{data.size}, {len(data.classes)} classes, {len(training)} training and "
            f"{len(validation)} validation pictures, base "
            f"{'random' if arguments.weights is None else arguments.weights.name}, seed {arguments.seed}")
        best = Best(arguments, data, model)
        if arguments.weights is not None and arguments.head_epochs:
            phase("head", True, arguments.head_epochs, arguments.head_rate, arguments, data, training, validation,
                  model, best, say)
        if arguments.epochs:
            phase("whole", False, arguments.epochs, arguments.rate, arguments, data, training, validation, model,
                  best, say)
        if best.state is None:
            sys.exit("nothing was trained: both numbers of epochs are 0")
        model.load_state_dict(best.state)
        loss, confusion = evaluate(model, data, validation, arguments.batch)
        result = metrics(confusion, data.classes)
        say(f"best: epoch {best.epoch}, validation loss {loss:.4f}, accuracy {result['accuracy']:.4f}, "
            f"macro F1 {result['macro_f1']:.4f}")
        arguments.out.with_suffix(".metrics.json").write_text(json.dumps(result, indent=1) + "\n")
        draw_confusion(confusion, data.classes, arguments.out.with_suffix(".confusion.png"))


class Best:
    """Keeps the state with the lowest validation loss, on the disk too."""

    def __init__(self, arguments, data, model):
        self.arguments, self.data, self.model = arguments, data, model
        self.state, self.loss, self.epoch = None, float("inf"), ""

    def offer(self, loss, accuracy, epoch):
        if loss >= self.loss:
            return False
        self.state, self.loss, self.epoch = copy.deepcopy(self.model.state_dict()), loss, epoch
        beside = self.arguments.out.with_suffix(".part")
        torch.save({"state": self.state, "width": self.model.width, "hidden": self.model.hidden,
                    "padding": self.model.padding, "size": self.data.size, "labels": self.data.classes,
                    "accuracy": accuracy, "epoch": epoch}, beside)
        beside.replace(self.arguments.out)
        return True


def phase(title, frozen, epochs, rate, arguments, data, training, validation, model, best, say):
    """Trains the head or all of it; ends early where the validation loss has not fallen for a while."""
    parameters = [p for part in model.children() if not frozen or part not in model.base() for p in part.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    steps, waited = -(-len(training) // arguments.batch), 0
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(1, steps * epochs))
    random = numpy.random.default_rng(arguments.seed)
    for epoch in range(1, epochs + 1):
        started, losses = time.time(), []
        model.train()
        set_frozen(model, frozen)
        progress = Progress(f"{title} {epoch}/{epochs}", steps)
        for x, labels in batches(data, training, arguments.batch, random):
            if len(labels) == 1 and not frozen:
                continue  # Batch normalisation cannot learn from one picture.
            loss = functional.cross_entropy(model(x), labels, label_smoothing=0.05)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 5.0)
            optimiser.step()
            schedule.step()
            losses.append(float(loss))
            progress.step(f"loss {losses[-1]:.3f}")
        loss, confusion = evaluate(model, data, validation, arguments.batch)
        accuracy = float(numpy.diag(confusion).sum() / confusion.sum())
        better = best.offer(loss, accuracy, f"{title} {epoch}")
        waited = 0 if better else waited + 1
        say(f"{title} {epoch}/{epochs}  loss {numpy.mean(losses):.4f}  validation loss {loss:.4f}  "
            f"accuracy {accuracy:.4f}  {time.time() - started:.0f} s{'  best so far' if better else ''}")
        if waited >= arguments.patience:
            say(f"{title}: stopped early, no better for {waited} epochs")
            break
