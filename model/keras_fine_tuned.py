#!/usr/bin/python3
"""Writes fine-tuned Keras models, Xception as one layer among others, and what Keras computes with them.

    python3 -m pip install --target target/keras keras jax h5py
    KERAS_BACKEND=jax PYTHONPATH=target/keras python3 model/keras_fine_tuned.py src/test/resources/modelkit
    python3 -m pip install --target target/keras2 tensorflow-cpu==2.15.1
    PYTHONPATH=target/keras2 python3 model/keras_fine_tuned.py src/test/resources/modelkit

The networks there have few channels. The same at full size, 80 MB, which is not committed, and its test:

    KERAS_BACKEND=jax PYTHONPATH=target/keras python3 model/keras_fine_tuned.py --full target/full.keras
    ./mvnw -Dtest=FineTunedKerasTest -Dframelabel.keras=target/full.keras test
"""

import json
import pathlib
import sys

import keras
import numpy

from keras_reference import PICTURES, fill, write
from reference_pictures import pictures

SIZE, WIDTH, PIXELS = 79, 1 / 32, keras.applications.xception.preprocess_input
layers = keras.layers


def base(pooling=None):
    config = keras.applications.Xception(weights=None, include_top=False, input_shape=(SIZE, SIZE, 3),
                                         pooling=pooling).get_config()
    for layer in config["layers"]:
        layer.pop("build_config", None)
        if "filters" in layer["config"]:
            layer["config"]["filters"] = max(1, round(layer["config"]["filters"] * WIDTH))
        if layer["class_name"] == "BatchNormalization":
            layer["config"]["momentum"] = 0.0
    model = keras.Model.from_config(config)
    fill(model, SIZE, 11)
    return model


def fill_head(model):
    """Numbers of few bits; batch normalisations whose statistics are those of the features, or so."""
    random = numpy.random.default_rng(5)
    for layer in model.layers:
        if isinstance(layer, layers.Dense):
            shape = layer.get_weights()[0].shape
            kernel = random.integers(-8, 9, shape) / 8 * (6 / numpy.sqrt(shape[0]))
            bias = [random.integers(-4, 5, shape[1]) / 16] if layer.use_bias else []
            layer.set_weights([numpy.float16(kernel)] + bias)
        elif isinstance(layer, layers.BatchNormalization):
            weights = layer.get_weights()
            count = len(weights[0])
            layer.set_weights([random.integers(4, 13, count) / 8 for _ in weights[:-2]]
                              + [random.integers(-4, 5, count) / 16, random.integers(4, 17, count) / 16])


def soften(model, dense, preprocess):
    """Halves the last layer's numbers until no probability is near 1: a saturated one would hide mistakes."""
    while numpy.max(numpy.abs(predict(model, SIZE, preprocess))) > 0.9:
        dense.set_weights([weight / 2 for weight in dense.get_weights()])


def nested():
    """Augmentation, preprocessing, the base as a layer, and all that a head may have."""
    augmentation = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)], name="augmentation")
    picture = keras.Input((SIZE, SIZE, 3))
    x = base()(PIXELS(augmentation(picture)), training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.BatchNormalization()(x)
    x = layers.Dropout(0.2)(x)
    x = layers.Dense(12, activation="relu")(x)
    x = layers.BatchNormalization(scale=False)(x)
    x = layers.Dense(8, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    return keras.Model(picture, layers.Dense(10, activation="softmax")(x))


def sequential():
    return keras.Sequential([
        keras.Input((SIZE, SIZE, 3)), layers.Rescaling(1 / 255), layers.Rescaling([2.0, 2.0, 1.9], [-1.0, -1.0, -0.9]),
        base("avg"), keras.Sequential([layers.Dropout(0.5), layers.Dense(5, activation="sigmoid")])])


def flat():
    """The head on the base's own tensors, so that there is no layer in a layer; logits."""
    network = base()
    return keras.Model(network.input, layers.Dense(10)(layers.GlobalAveragePooling2D()(network.output)))


def predict(model, size, preprocess):
    x = pictures(PICTURES, size).astype("float32")
    return model.predict(PIXELS(x) if preprocess else x, verbose=0).tolist()


def full(file):
    """Keras' own Xception with random weights, as a user fine-tunes it."""
    network = keras.applications.Xception(weights=None, include_top=False)
    picture = keras.Input((160, 160, 3))
    x = network(layers.Rescaling(1 / 127.5, offset=-1)(layers.RandomFlip()(picture)), training=False)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(picture, layers.Dense(7, activation="softmax")(x))
    random, network.trainable = numpy.random.default_rng(3), True
    for layer in network.layers:
        if isinstance(layer, layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            layer.set_weights([random.uniform(0.8, 1.2, gamma.shape), random.normal(0, 0.1, gamma.shape),
                               random.normal(0, 0.01, gamma.shape), random.uniform(0.05, 0.2, gamma.shape)])
    features = keras.Model(picture, x).predict(pictures(PICTURES, 160).astype("float32"), verbose=0)
    spread = numpy.maximum(features.std(0), 1e-6)
    kernel = random.normal(0, 1 / numpy.sqrt(len(spread)), (len(spread), 7)) / spread[:, None]
    model.layers[-1].set_weights([kernel, -(features.mean(0) @ kernel)])
    model.save(file)
    pathlib.Path(f"{file}.json").write_text(json.dumps(predict(model, 160, False)))


def main():
    if sys.argv[1] == "--full":
        full(sys.argv[2])
        return
    folder, second = pathlib.Path(sys.argv[1]), keras.__version__.startswith("2.")
    prefix, expected = "keras2" if second else "keras", {}
    for make, endings in ((nested, ("keras", "h5")), (sequential, ("h5",) if second else ("keras", "h5")),
                          (flat, () if second else ("keras",))):
        if endings:
            name, model = f"{prefix}-tuned-{make.__name__}", make()
            fill_head(model)
            for layer in model.layers:
                if isinstance(layer, keras.Sequential):
                    fill_head(layer)
            last = model.layers[-1]
            soften(model, last.layers[-1] if isinstance(last, keras.Sequential) else last, make is flat)
            expected[name] = {str(SIZE): predict(model, SIZE, make is flat)}
            for ending in endings:
                write(folder, f"{name}.{ending}", model.save)
            print(name, numpy.round(expected[name][str(SIZE)], 3))
    (folder / f"{prefix}-tuned-expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
