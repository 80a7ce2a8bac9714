/** A client of Flink's REST interface, as far as the command line needs it. Calls block. */
package dev.framelabel.tools.flinkrest;
