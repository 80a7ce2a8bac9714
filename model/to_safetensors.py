#!/usr/bin/python3
"""Converts a PyTorch checkpoint (.pth, .pt) to safetensors, which `framelabel model import --from torch` reads.

    apt-get install python3-torch
    /usr/bin/python3 model/to_safetensors.py weights.pth weights.safetensors

Loading a checkpoint can run code that is hidden in it: convert only files that you trust.
"""

import json
import pathlib
import struct
import sys

import numpy
import torch


def save(state, path, padding=None):
    """Writes floating-point tensors of a state_dict as F32; integers (counters) are left out."""
    header, chunks, end = {}, [], 0
    if padding:
        header["__metadata__"] = {"framelabel.padding": padding}
    for name, tensor in state.items():
        if tensor.is_floating_point():
            data = tensor.detach().cpu().float().contiguous().numpy().astype(numpy.dtype("<f4")).tobytes()
            header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [end, end + len(data)]}
            chunks.append(data)
            end += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(chunks)


def load(path):
    """Reads a safetensors file of F32 tensors: the state_dict, and the file's metadata."""
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata, state = header.pop("__metadata__", {}), {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: tensor {name} is of type {entry['dtype']}; expected F32")
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(data[start:end], numpy.dtype("<f4")).reshape(entry["shape"])
        state[name] = torch.from_numpy(values.copy())
    return state, metadata


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    checkpoint = torch.load(sys.argv[1], map_location="cpu")
    padding = checkpoint.get("padding") if isinstance(checkpoint, dict) else None
    for key in ("state_dict", "state", "model"):
        if isinstance(checkpoint, dict) and isinstance(checkpoint.get(key), dict):
            checkpoint = checkpoint[key]
    if hasattr(checkpoint, "state_dict"):
        checkpoint = checkpoint.state_dict()
    save(checkpoint, sys.argv[2], padding)
    print(f"{sys.argv[2]}: {len(checkpoint)} tensors")


if __name__ == "__main__":
    main()
