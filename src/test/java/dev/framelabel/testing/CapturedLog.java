package dev.framelabel.testing;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;

/**
 * What a logger of this JVM, and the loggers below it, write from now until this is closed.
 * Thread-safe.
 */
public final class CapturedLog implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
  private final Lines lines;

  private CapturedLog(String logger) {
    lines = new Lines(logger);
    lines.start();
    context.getConfiguration().getRootLogger().addAppender(lines, null, null);
    context.updateLoggers();
  }

  /**
   * Captures one logger and those below it.
   *
   * @param logger name of a class or package
   */
  public static CapturedLog of(String logger) {
    return new CapturedLog(logger);
  }

  /** Captures all loggers. */
  public static CapturedLog ofAll() {
    return new CapturedLog("");
  }

  /** Returns what was logged so far: level, logger, message and stack trace of each event. */
  public List<String> events() {
    return List.copyOf(lines.events);
  }

  @Override
  public void close() {
    context.getConfiguration().getRootLogger().removeAppender(lines.getName());
    context.updateLoggers();
    lines.stop();
  }

  private static final class Lines extends AbstractAppender {
    private final String logger;
    private final Queue<String> events = new ConcurrentLinkedQueue<>();

    Lines(String logger) {
      super(
          "captured-" + NUMBER.incrementAndGet(),
          null,
          PatternLayout.newBuilder().withPattern("%p %c %m%n%throwable").build(),
          false,
          Property.EMPTY_ARRAY);
      this.logger = logger;
    }

    @Override
    public void append(LogEvent event) {
      String name = event.getLoggerName();
      if (logger.isEmpty() || name.equals(logger) || name.startsWith(logger + ".")) {
        events.add(getLayout().toSerializable(event).toString());
      }
    }
  }
}
