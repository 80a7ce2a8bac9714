#!/usr/bin/python3
"""Writes small state_dicts in the layouts of PyTorch ports, and what PyTorch computes with them.

    apt-get install python3-torch python3-numpy
    /usr/bin/python3 model/torch_reference.py src/test/resources/modelkit

The network of timm's layout is written out again here, apart from `xception.py`, after timm's legacy_xception.
"""

import gzip
import json
import pathlib
import sys

import torch
from torch import nn

from reference_pictures import pictures
from to_safetensors import save
from xception import Xception

CLASSES, PICTURES = 10, 4


class TimmSeparable(nn.Module):
    def __init__(self, channels_in, channels_out):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_in, 3, 1, 1, groups=channels_in, bias=False)
        self.pointwise = nn.Conv2d(channels_in, channels_out, 1, bias=False)

    def forward(self, x):
        return self.pointwise(self.conv1(x))


class TimmBlock(nn.Module):
    def __init__(self, channels_in, channels_out, repeats, stride=1, relu=True, grow_first=True):
        super().__init__()
        self.skip = self.skipbn = None
        if channels_out != channels_in or stride != 1:
            self.skip = nn.Conv2d(channels_in, channels_out, 1, stride=stride, bias=False)
            self.skipbn = nn.BatchNorm2d(channels_out)
        layers = []
        for index in range(repeats):
            if grow_first:
                inner, outer = (channels_in if index == 0 else channels_out), channels_out
            else:
                inner, outer = channels_in, (channels_in if index < repeats - 1 else channels_out)
            layers += [nn.ReLU(), TimmSeparable(inner, outer), nn.BatchNorm2d(outer)]
        if stride != 1:
            layers.append(nn.MaxPool2d(3, stride, 1))
        self.rep = nn.Sequential(*(layers if relu else layers[1:]))

    def forward(self, x):
        return self.rep(x) + (x if self.skip is None else self.skipbn(self.skip(x)))


class TimmXception(nn.Module):
    def __init__(self, classes, width):
        super().__init__()
        c32, c64, c128, c256, c728, c1024, c1536, c2048 = (
            max(1, round(n * width)) for n in (32, 64, 128, 256, 728, 1024, 1536, 2048))
        self.conv1, self.bn1 = nn.Conv2d(3, c32, 3, 2, bias=False), nn.BatchNorm2d(c32)
        self.conv2, self.bn2 = nn.Conv2d(c32, c64, 3, bias=False), nn.BatchNorm2d(c64)
        self.block1 = TimmBlock(c64, c128, 2, 2, relu=False)
        self.block2 = TimmBlock(c128, c256, 2, 2)
        self.block3 = TimmBlock(c256, c728, 2, 2)
        for index in range(4, 12):
            setattr(self, f"block{index}", TimmBlock(c728, c728, 3))
        self.block12 = TimmBlock(c728, c1024, 2, 2, grow_first=False)
        self.conv3, self.bn3 = TimmSeparable(c1024, c1536), nn.BatchNorm2d(c1536)
        self.conv4, self.bn4 = TimmSeparable(c1536, c2048), nn.BatchNorm2d(c2048)
        self.fc = nn.Linear(c2048, classes)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        for index in range(1, 13):
            x = getattr(self, f"block{index}")(x)
        x = torch.relu(self.bn3(self.conv3(x)))
        x = torch.relu(self.bn4(self.conv4(x)))
        return self.fc(x.mean((2, 3)))


def network_input(size):
    return torch.from_numpy(pictures(PICTURES, size)).permute(0, 3, 1, 2).float() / 127.5 - 1


@torch.no_grad()
def fill(model, size, seed):
    """Random weights of few bits, which compress well, and statistics of the test pictures, moved a little."""
    random = torch.Generator().manual_seed(seed)
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            linear = isinstance(module, nn.Linear)
            gain = 4 if linear else 0.5
            step = 2.0 ** round(float(torch.log2(torch.tensor(gain / module.weight[0].numel() ** 0.5))))
            module.weight.copy_(torch.randint(-4, 4 + linear, module.weight.shape, generator=random) * step)
            if module.bias is not None:
                module.bias.copy_(torch.randint(-4, 5, module.bias.shape, generator=random) / 16)
        if isinstance(module, nn.BatchNorm2d):
            module.weight.copy_(torch.randint(6, 11, module.weight.shape, generator=random) / 8)
            module.bias.copy_(torch.randint(-4, 5, module.bias.shape, generator=random) / 16)
            module.momentum = 1.0
    model.train()
    model(network_input(size))
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            moved = torch.randn(module.running_mean.shape, generator=random) * 0.1 * module.running_var.sqrt()
            module.running_mean.add_(moved).copy_(module.running_mean.half())
            module.running_var.mul_(1.1).copy_(module.running_var.half())
    model.eval()


@torch.no_grad()
def main():
    folder, expected = pathlib.Path(sys.argv[1]), {}
    tutorial = Xception(CLASSES, 0.125)
    networks = {
        "torch-tutorial": tutorial,
        "torch-timm": TimmXception(CLASSES, 1 / 32),
        "torch-dense": Xception(CLASSES, 1 / 32, hidden=12),
        "torch-keras-padding": Xception(CLASSES, 1 / 32, padding="keras"),
    }
    for name, model in networks.items():
        fill(model, 79, 7)
        file = folder / f"{name}.safetensors"
        save(model.state_dict(), file, getattr(model, "padding", None))
        with gzip.GzipFile(f"{file}.gz", "wb", 9, mtime=0) as packed:
            packed.write(file.read_bytes())
        file.unlink()
        expected[name] = {str(size): torch.softmax(model(network_input(size)), 1).tolist() for size in (79, 71)}
    (folder / "torch-expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
