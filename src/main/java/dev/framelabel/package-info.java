/**
 * Framelabel labels camera frames in a stream.
 *
 * <pre>
 * topic frames -> kafka.source -> wire -> pipeline.ClassifyFunction -> router -> kafka.sink -> topics labels, rejected
 *                                             |            ^
 *                                             v            |
 *                            classify.Classifier: Frame -> CompletableFuture&lt;Outcome&gt;
 *                              image (bytes -> RGB pixels in a batch slot)
 *                              batch (who goes together, how long to wait)
 *                              model (pixels -> probabilities)
 * </pre>
 *
 * <p>{@code tools} holds everything that does not run on a Flink cluster; nothing outside imports
 * it, and the job jar does not contain it. {@code ArchitectureTest} lists what each package may
 * import.
 */
package dev.framelabel;
