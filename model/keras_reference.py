#!/usr/bin/python3
"""Writes small weight files with Keras itself, and what Keras computes with them.

    python3 -m pip install --target target/keras keras jax h5py
    KERAS_BACKEND=jax PYTHONPATH=target/keras python3 model/keras_reference.py src/test/resources/modelkit
    python3 -m pip install --target target/keras2 tensorflow-cpu==2.15.1
    PYTHONPATH=target/keras2 python3 model/keras_reference.py src/test/resources/modelkit

The second pair does the same with Keras 2, whose files look different (`keras2-*`).

The network is `keras.applications.Xception` with fewer channels in every layer; its structure, layer names and
files are Keras' own. Weights are random numbers of few bits, so that the files compress well. The statistics of
the batch normalisations are those of the test pictures, moved a little.
"""

import gzip
import json
import pathlib
import sys

import h5py
import keras
import numpy

from reference_pictures import pictures

CLASSES, PICTURES = 10, 4


def network(width, size):
    config = keras.applications.Xception(weights=None, input_shape=(size, size, 3), classes=CLASSES).get_config()
    for layer in config["layers"]:
        layer.pop("build_config", None)
        if "filters" in layer["config"]:
            layer["config"]["filters"] = max(1, round(layer["config"]["filters"] * width))
        if layer["class_name"] == "BatchNormalization":
            layer["config"]["momentum"] = 0.0
    return keras.Model.from_config(config)


def fill(model, size, seed):
    random = numpy.random.default_rng(seed)
    for layer in model.layers:
        values = []
        for weight in layer.weights:
            shape, name = weight.shape, getattr(weight, "path", weight.name).split("/")[-1].split(":")[0]
            if "kernel" in name:
                fan_in = numpy.prod(shape[:2]) if "depthwise" in name else numpy.prod(shape[:-1])
                gain = 8 if layer.name == "predictions" else 0.5
                step = 2.0 ** numpy.round(numpy.log2(gain / numpy.sqrt(fan_in)))
                values.append(random.integers(-4, 4, shape) * step)
            elif name == "gamma":
                values.append(random.integers(6, 11, shape) / 8)
            elif name in ("beta", "bias"):
                values.append(random.integers(-4, 5, shape) / 16)
            else:
                values.append(weight.numpy())
        layer.set_weights(values)
    model(pictures(PICTURES, size) / 127.5 - 1, training=True)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            mean = numpy.float16(mean + random.normal(0, 0.1, mean.shape) * numpy.sqrt(variance))
            variance = numpy.float16(variance * random.uniform(0.9, 1.3, mean.shape))
            layer.set_weights([gamma, beta, mean, variance])


def write(folder, name, save):
    file = folder / name
    save(str(file))
    with gzip.GzipFile(f"{file}.gz", "wb", 9, mtime=0) as packed:
        packed.write(file.read_bytes())
    file.unlink()


def save_as_of_2017(model, path):
    """As Keras 1 wrote the file of Keras Applications: attributes of bytes at the root, other automatic names."""
    def old(name):
        return name.replace("conv2d", "convolution2d") if name.startswith("conv2d") else (
            name.replace("batch_normalization", "batchnormalization"))

    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = numpy.array([old(layer.name).encode() for layer in model.layers])
        for layer in model.layers:
            group, names = file.create_group(old(layer.name)), []
            for index, value in enumerate(layer.get_weights()):
                names.append(f"{old(layer.name)}_{index}:0".encode())
                group[names[-1].decode()] = value
            group.attrs["weight_names"] = numpy.array(names)


def expectations(model, width, size):
    expected = {"size": size, "width": width}
    for each in (size, 71):
        x = keras.applications.xception.preprocess_input(pictures(PICTURES, each).astype("float32"))
        same = model if each == size else network(width, each)
        same.set_weights(model.get_weights())
        expected[str(each)] = same.predict(x, verbose=0).tolist()
    return expected


def main():
    folder, second = pathlib.Path(sys.argv[1]), keras.__version__.startswith("2.")
    prefix = "keras2" if second else "keras"
    expected = {}
    for name, width, size in [("eighth", 0.125, 79), ("tiny", 1 / 32, 79)][1 if second else 0:]:
        name = f"{prefix}-{name}"
        model = network(width, size)
        fill(model, size, 7)
        expected[name] = expectations(model, width, size)
        write(folder, f"{name}.h5", model.save)
        if width < 0.125:
            write(folder, f"{name}.weights.h5", model.save_weights)
            base = keras.Model(model.input, model.get_layer("avg_pool").output)
            write(folder, f"{name}-notop{'' if second else '.weights'}.h5", base.save_weights)
            if second:
                write(folder, f"{name}-only.h5", model.save_weights)
            else:
                write(folder, f"{name}-2017.h5", lambda path: save_as_of_2017(model, path))
    (folder / f"{prefix}-expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
