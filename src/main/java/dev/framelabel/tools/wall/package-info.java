/**
 * The live web page of cameras and their labels.
 *
 * <p>It reads the topics without a consumer group and commits nothing. Memory is bounded, and a
 * slow viewer is dropped. This is the only package that imports Undertow.
 */
package dev.framelabel.tools.wall;
