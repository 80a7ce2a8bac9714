#!/usr/bin/python3
"""Packages a trained checkpoint as a label model: one ONNX file by Framelabel's contract.

    apt-get install python3-torch python3-onnx
    /usr/bin/python3 model/export.py target/demo.pt model/demo-xception.onnx --name demo-xception --version 1

    framelabel model build --random --state-dict random.safetensors --out random.onnx
    /usr/bin/python3 model/export.py random.safetensors reference.onnx --name reference --version 1

The second pair makes two files of one network, for `framelabel bench --suite graph`.

Input `frames`: uint8 [N,H,W,3], RGB. Output `probabilities`: float32 [N,classes]. Scaling, layout change and
softmax are nodes of the graph; batch normalisation is folded into the convolutions.
"""

import argparse
import json
import pathlib

import onnx
import torch
from torch import nn

from to_safetensors import load as load_safetensors
from xception import Xception, parameter_count


class LabelModel(nn.Module):
    """The network with everything between a camera's pixels and probabilities around it."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, frames):
        x = frames.to(torch.float32).permute(0, 3, 1, 2) / 127.5 - 1
        return torch.softmax(self.network(x), 1)


def main():
    arguments = parse()
    checkpoint = read(arguments)
    network = Xception(len(checkpoint["labels"]), checkpoint["width"], checkpoint.get("hidden", 0),
                       checkpoint.get("padding", "torch"))
    network.load_state_dict(checkpoint["state"], strict="accuracy" in checkpoint)
    model = LabelModel(network).eval()
    size = checkpoint["size"]
    torch.onnx.export(
        model, torch.zeros(2, size, size, 3, dtype=torch.uint8), str(arguments.out),
        input_names=["frames"], output_names=["probabilities"], opset_version=13,
        dynamic_axes={"frames": {0: "N"}, "probabilities": {0: "N"}})
    packaged = onnx.load(str(arguments.out))
    onnx.helper.set_model_props(packaged, {
        "framelabel.name": arguments.name,
        "framelabel.version": arguments.version,
        "framelabel.labels": json.dumps(checkpoint["labels"]),
        "framelabel.resize": arguments.resize})
    packaged.producer_name, packaged.producer_version = "framelabel", ""
    packaged.graph.doc_string = arguments.about
    onnx.checker.check_model(packaged)
    onnx.save(packaged, str(arguments.out))
    accuracy = f"test accuracy {checkpoint['accuracy']:.4f}, " if "accuracy" in checkpoint else ""
    print(f"{arguments.out}: {parameter_count(network):,} parameters, {size}x{size}, "
          f"{accuracy}{arguments.out.stat().st_size:,} bytes")


def read(arguments):
    """A checkpoint of train.py, or a state_dict of `framelabel model`, which has no label names."""
    if arguments.checkpoint.suffix != ".safetensors":
        return torch.load(arguments.checkpoint)
    state, metadata = load_safetensors(arguments.checkpoint)
    classes = len(state["fc.weight"])
    return {
        "state": state,
        "labels": [f"class {index}" for index in range(classes)],
        "width": len(state["exit_flow.endconv.4.weight"]) / 2048,
        "hidden": len(state["dense.weight"]) if "dense.weight" in state else 0,
        "padding": metadata.get("framelabel.padding", "torch"),
        "size": arguments.size,
    }


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=pathlib.Path, help="written by train.py, or .safetensors of 'framelabel model'")
    parser.add_argument("out", type=pathlib.Path, help="label model to write (.onnx)")
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--resize", choices=["stretch", "crop", "letterbox"], default="crop")
    parser.add_argument("--size", type=int, default=299, help="side of the input, for a .safetensors")
    parser.add_argument("--about", default="", help="what the model was trained on, and its licence")
    return parser.parse_args()


if __name__ == "__main__":
    main()
