/** Benchmarks that size hardware: image decoding, model sessions, and the whole pipeline. */
package dev.framelabel.tools.bench;
