/** Checks what a labelling job will meet: Java, model, device, Kafka and Flink. Changes nothing. */
package dev.framelabel.tools.doctor;
