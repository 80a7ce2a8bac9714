/** The demo: a Kafka broker, a Flink MiniCluster, simulated cameras and the job in one process. */
package dev.framelabel.tools.demo;
