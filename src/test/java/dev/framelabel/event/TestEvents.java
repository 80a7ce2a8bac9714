package dev.framelabel.event;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Events for tests. */
public final class TestEvents {
  public static final Instant CAPTURED = Instant.parse("2026-03-04T05:06:07.123456Z");
  public static final SourcePosition SOURCE = new SourcePosition("frames", 3, 4711);

  private TestEvents() {}

  public static Frame frame(String frameId, byte[] image) {
    return new Frame(
        "Kamera Süd 7",
        frameId,
        CAPTURED,
        Image.encoded(image),
        Map.of("site", "Köln", "lane", "2"),
        SOURCE);
  }

  public static Frame frame() {
    return frame("frame-1", new byte[] {1, 2, 3, -1});
  }

  /** A frame whose image lies elsewhere, with headers. */
  public static Frame traced() {
    return new Frame(
        "Kamera Süd 7",
        "frame-2",
        CAPTURED,
        Image.reference("file:/data/frames/Süd.jpg"),
        Map.of(),
        SOURCE,
        Map.of(
            "traceparent", "00-" + "ab".repeat(16) + "-" + "cd".repeat(8) + "-01", "ce_id", "7"));
  }

  public static LabelledFrame labelled() {
    return new LabelledFrame(
        "Kamera Süd 7",
        "frame-1",
        CAPTURED,
        CAPTURED.plusMillis(40),
        List.of(new Label("sneaker", 7, 0.75f), new Label("bag", 8, 0.125f)),
        new ModelIdentity("demo", "1", "ab".repeat(32)),
        SOURCE,
        new Timings(1_500, 20_000, 6_000, 8),
        Map.of("site", "Köln", "lane", "2"),
        Map.of());
  }

  public static RejectedFrame rejected() {
    return frame().reject(RejectionKind.CORRUPT_IMAGE, "the JPEG is cut");
  }

  public static RejectedFrame unreadable() {
    return new RejectedFrame(
        RejectionKind.UNREADABLE_EVENT,
        "no Avro",
        "",
        "",
        Optional.empty(),
        SOURCE,
        RejectedFrame.Content.EVENT,
        Bytes.wrap(new byte[] {9, 8, 7}),
        Map.of(),
        Map.of());
  }
}
