#!/usr/bin/python3
"""Writes the small ONNX models of the tests: a model that names a picture's strongest colour, and broken ones.

    apt-get install python3-onnx
    /usr/bin/python3 model/fixtures.py src/test/resources/models
"""

import json
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

LABELS = ["red", "green", "blue"]
CARD = {
    "framelabel.name": "colour", "framelabel.version": "1",
    "framelabel.labels": json.dumps(LABELS), "framelabel.resize": "stretch"}


def model(card, input_name="frames", input_type=TensorProto.UINT8, shape=("N", 8, 8, 3), classes=3, second=False):
    axes = [1, 2] if shape[3] == 3 else [2, 3]
    nodes = [
        helper.make_node("Cast", [input_name], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["means"], axes=axes, keepdims=0),
        helper.make_node("Mul", ["means", "sharpness"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1)]
    inputs = [helper.make_tensor_value_info(input_name, input_type, shape)]
    if second:
        inputs.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, [1]))
    graph = helper.make_graph(
        nodes, "colour", inputs,
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", classes])],
        [numpy_helper.from_array(numpy.array(0.1, numpy.float32), "sharpness")])
    built = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(built, card)
    return built


def external():
    """A model one of whose weights lies in another file."""
    built = model(CARD)
    weight = built.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="../secret.bin")
    return built


def main():
    folder = pathlib.Path(sys.argv[1])
    four = {**CARD, "framelabel.labels": json.dumps(LABELS + ["grey"])}
    nameless = {key: value for key, value in CARD.items() if key != "framelabel.name"}
    models = {
        "colour": model(CARD),
        "other-input": model(CARD, input_name="pixels"),
        "float-input": model(CARD, input_type=TensorProto.FLOAT),
        "fixed-batch": model(CARD, shape=(1, 8, 8, 3)),
        "channels-first": model(CARD, shape=("N", 3, 8, 8)),
        "two-inputs": model(CARD, second=True),
        "four-labels": model(four),
        "no-name": model(nameless),
        "labels-no-json": model({**CARD, "framelabel.labels": "red,green,blue"}),
        "external-data": external(),
        "unknown-resize": model({**CARD, "framelabel.resize": "squeeze"})}
    for name, built in models.items():
        onnx.save(built, str(folder / f"{name}.onnx"))


if __name__ == "__main__":
    main()
