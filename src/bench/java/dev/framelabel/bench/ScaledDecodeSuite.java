package dev.framelabel.bench;

import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.TurboJpeg;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.Contest;
import dev.framelabel.tools.bench.DecodeSuite;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Scaled decoding against libjpeg-turbo alone, and how far its pixels are from those of a full
 * decode. Its tables belong to the report's decode suite.
 */
final class ScaledDecodeSuite {
  static final String NAME = "scaled-decode";

  private static final String SUITE = "decode";

  private final BenchReport report;
  private final int rounds;

  ScaledDecodeSuite(BenchReport report, int rounds) {
    this.report = report;
    this.rounds = rounds;
  }

  void run() throws Exception {
    DecodeSuite.forEachSize(
        (side, size, files) -> {
          if (TurboJpeg.missing().isEmpty()) {
            contest(side, size, files);
          }
          pixelError(side, size, files);
        });
  }

  /** Against the same library without anything around it: no check, no crop, no scaling. */
  private void contest(int side, int[] size, List<byte[]> files) throws Exception {
    int eighths = Math.min(8, (8 * side + size[1] - 1) / size[1]);
    try (PointerScope scope = new PointerScope()) {
      BytePointer encoded =
          new BytePointer(files.stream().mapToInt(file -> file.length).max().orElseThrow());
      BytePointer decoded =
          new BytePointer(
              3L * TurboJpeg.scaled(size[0], eighths) * TurboJpeg.scaled(size[1], eighths));
      contest(
          side,
          size,
          files,
          eighths,
          file -> {
            BytePointer ignored = encoded.put(file, 0, file.length);
            TurboJpeg.decode(
                encoded.address(), file.length, size[0], size[1], eighths, decoded.address(), true);
          });
    }
  }

  private void contest(
      int side, int[] size, List<byte[]> files, int eighths, DecodeSuite.Decode libraryAlone)
      throws Exception {
    ByteBuffer target = ByteBuffer.allocateDirect(side * side * 3);
    ImageDecoder ours = DecodeSuite.decoder(side, JpegBackend.TURBOJPEG);
    Contest contest =
        new Contest()
            .enter(
                "libjpeg-turbo, " + eighths + "/8 and no more",
                () -> DecodeSuite.perSecond(files, libraryAlone))
            .enter(
                "Framelabel",
                () -> DecodeSuite.perSecond(files, file -> ours.decode(file, target)));
    if (Djpeg.installed()) {
      try (Djpeg djpeg = new Djpeg(files)) {
        contest.enter(
            "djpeg -scale " + eighths + "/8, a process each", () -> djpeg.perSecond(eighths));
        run(side, size, contest);
      }
    } else {
      run(side, size, contest);
    }
  }

  private void run(int side, int[] size, Contest contest) throws Exception {
    report.contest(
        SUITE,
        "scaled decoding of " + size[0] + " x " + size[1] + " to " + side + " x " + side,
        "frames/s, one core",
        "Framelabel at least 0.80 of libjpeg-turbo's scaled decoding",
        contest,
        rounds);
  }

  private void pixelError(int side, int[] size, List<byte[]> files) throws Exception {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (JpegBackend backend : DecodeSuite.backends()) {
      rows.add(pixelError(side, backend, files));
    }
    report.addRows(
        SUITE,
        "pixel error of " + size[0] + " x " + size[1] + " to " + side + " x " + side,
        "of 255",
        "",
        rows);
  }

  private static Map<String, Object> pixelError(int side, JpegBackend backend, List<byte[]> files)
      throws Exception {
    ImageDecoder ours = DecodeSuite.decoder(side, backend);
    ByteBuffer own = ByteBuffer.allocateDirect(side * side * 3);
    ByteBuffer full = ByteBuffer.allocateDirect(side * side * 3);
    double sum = 0;
    int worst = 0;
    for (byte[] file : files) {
      ours.decode(file, own);
      DecodeSuite.openCv(file, side, full);
      for (int at = 0; at < own.capacity(); at++) {
        int difference = Math.abs((own.get(at) & 0xFF) - (full.get(at) & 0xFF));
        sum += difference;
        worst = Math.max(worst, difference);
      }
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", "Framelabel with " + backend + ", to full decoding");
    row.put("mean", BenchReport.round(sum / files.size() / own.capacity()));
    row.put("worst", worst);
    return row;
  }
}
