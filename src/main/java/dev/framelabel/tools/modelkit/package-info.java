/**
 * Builds, imports, packages and inspects label models.
 *
 * <p>Imports Keras and PyTorch weights of Xception, and wraps any ONNX image classifier. This is
 * the only package that imports ONNX's protobuf classes and HDF5.
 */
package dev.framelabel.tools.modelkit;
