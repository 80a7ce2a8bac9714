"""Xception (Chollet 2017, arXiv:1610.02357) in PyTorch, in the form that Framelabel trains.

Three things differ from the copies that circulate: the middle flow has eight independent blocks, the
shortcuts are registered modules (so they are trained and saved), and the width is a parameter. Padding is 1
on both sides and the batch-norm epsilon 1e-5, as in the PyTorch ports. Weights that come from Keras need
`padding="keras"`: its pooling pads an even side only at the end, and its epsilon is 1e-3.
"""

import torch
from torch import nn
from torch.nn import functional

MIDDLE_BLOCKS = 8


class SeparableConv2d(nn.Module):
    """A depthwise 3x3 convolution followed by a pointwise one, without an activation in between."""

    def __init__(self, channels_in, channels_out):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_in, 3, padding=1, groups=channels_in, bias=False)
        self.pointwise = nn.Conv2d(channels_in, channels_out, 1, bias=False)

    def forward(self, x):
        return self.pointwise(self.conv(x))


def _separable(channels_in, channels_out, relu_before=True):
    layers = [nn.ReLU()] if relu_before else []
    return layers + [SeparableConv2d(channels_in, channels_out), nn.BatchNorm2d(channels_out)]


def _shortcut(channels_in, channels_out):
    return nn.Sequential(nn.Conv2d(channels_in, channels_out, 1, stride=2, bias=False), nn.BatchNorm2d(channels_out))


class KerasMaxPool(nn.Module):
    """3x3, stride 2, with TensorFlow's padding "same": an odd row of padding goes to the end."""

    def forward(self, x):
        height, width = x.shape[2:]
        before, after = (width % 2, height % 2), (1, 1)
        x = functional.pad(x, (before[0], after[0], before[1], after[1]), value=float("-inf"))
        return functional.max_pool2d(x, 3, stride=2)


def _pool(padding):
    return KerasMaxPool() if padding == "keras" else nn.MaxPool2d(3, stride=2, padding=1)


class EntryFlow(nn.Module):
    """From RGB to the 728-channel maps: two plain convolutions and three residual blocks that halve the size."""

    def __init__(self, channels, padding):
        super().__init__()
        c32, c64, c128, c256, c728 = (channels(n) for n in (32, 64, 128, 256, 728))
        self.headconv = nn.Sequential(
            nn.Conv2d(3, c32, 3, stride=2, bias=False), nn.BatchNorm2d(c32), nn.ReLU(),
            nn.Conv2d(c32, c64, 3, bias=False), nn.BatchNorm2d(c64), nn.ReLU())
        self.residual_block1 = self._block(c64, c128, padding, relu_before=False)
        self.shortcut1 = _shortcut(c64, c128)
        self.residual_block2 = self._block(c128, c256, padding)
        self.shortcut2 = _shortcut(c128, c256)
        self.residual_block3 = self._block(c256, c728, padding)
        self.shortcut3 = _shortcut(c256, c728)

    @staticmethod
    def _block(channels_in, channels_out, padding, relu_before=True):
        return nn.Sequential(
            *_separable(channels_in, channels_out, relu_before),
            *_separable(channels_out, channels_out),
            _pool(padding))

    def forward(self, x):
        x = self.headconv(x)
        x = self.residual_block1(x) + self.shortcut1(x)
        x = self.residual_block2(x) + self.shortcut2(x)
        return self.residual_block3(x) + self.shortcut3(x)


class MiddleBlock(nn.Module):
    """Three separable convolutions with an identity shortcut; every block has weights of its own."""

    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Sequential(*(layer for _ in range(3) for layer in _separable(channels, channels)))

    def forward(self, x):
        return x + self.conv1(x)


class ExitFlow(nn.Module):
    """One residual block, two separable convolutions and the global average pooling."""

    def __init__(self, channels, padding):
        super().__init__()
        c728, c1024, c1536, c2048 = (channels(n) for n in (728, 1024, 1536, 2048))
        self.residual_with_exit = nn.Sequential(
            *_separable(c728, c728), *_separable(c728, c1024), _pool(padding))
        self.shortcut = _shortcut(c728, c1024)
        self.endconv = nn.Sequential(
            *_separable(c1024, c1536, relu_before=False), nn.ReLU(),
            *_separable(c1536, c2048, relu_before=False), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1))

    def forward(self, x):
        return self.endconv(self.residual_with_exit(x) + self.shortcut(x))


class Xception(nn.Module):
    """Input: float32 [N,3,H,W], RGB, scaled to -1..1, H and W at least 71. Output: logits [N,classes].

    `hidden` neurons with ReLU stand before the last layer where it is above 0, as in some fine-tuned networks;
    `padding` is "torch" or "keras": where the weights come from.
    """

    def __init__(self, classes, width=1.0, hidden=0, padding="torch"):
        super().__init__()
        if padding not in ("torch", "keras"):
            raise ValueError(f"padding is {padding!r}; expected 'torch' or 'keras'")

        def channels(n):
            return max(1, round(n * width))

        self.width, self.hidden, self.padding = width, hidden, padding
        self.entry_flow = EntryFlow(channels, padding)
        self.middle_flow = nn.Sequential(*(MiddleBlock(channels(728)) for _ in range(MIDDLE_BLOCKS)))
        self.exit_flow = ExitFlow(channels, padding)
        if hidden:
            self.dense = nn.Linear(channels(2048), hidden)
        self.fc = nn.Linear(hidden or channels(2048), classes)
        if padding == "keras":
            for module in self.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eps = 1e-3

    def forward(self, x):
        x = self.entry_flow(x)
        x = self.middle_flow(x)
        x = torch.flatten(self.exit_flow(x), 1)
        return self.fc(functional.relu(self.dense(x)) if self.hidden else x)

    def base(self):
        """The modules in front of the classification layers."""
        return [self.entry_flow, self.middle_flow, self.exit_flow]


def parameter_count(model):
    return sum(p.numel() for p in model.parameters())
