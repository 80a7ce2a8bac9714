/**
 * Opens a label model in ONNX Runtime and runs batches of pixels on a device.
 *
 * <p>No other package runs ONNX Runtime. A model that breaks the label- model contract, or a device
 * that is missing, is refused when the model opens. Sessions are owned by their model; the ONNX
 * Runtime environment is one for each process and is never closed.
 */
package dev.framelabel.model;
