/** The sinks of labelled and rejected frames, each with one Kafka transaction per checkpoint. */
package dev.framelabel.kafka.sink;
