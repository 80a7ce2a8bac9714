/** Reports as JSON, and the statistics in them. */
package dev.framelabel.tools.report;
