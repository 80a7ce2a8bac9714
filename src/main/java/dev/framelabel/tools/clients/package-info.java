/** Kafka clients that several tools share: one publishes frames, one reads outcomes. */
package dev.framelabel.tools.clients;
