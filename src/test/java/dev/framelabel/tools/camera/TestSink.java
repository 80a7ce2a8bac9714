package dev.framelabel.tools.camera;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes pictures until it has so many. */
final class TestSink implements PictureSource.Sink {
  private final int most;
  private final List<CapturedPicture> pictures = new CopyOnWriteArrayList<>();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private volatile Optional<Instant> clock = Optional.empty();

  TestSink(int most) {
    this.most = most;
  }

  List<CapturedPicture> pictures() {
    return pictures;
  }

  List<String> refusals() {
    return refusals;
  }

  List<byte[]> files() {
    return pictures.stream().map(picture -> picture.file().array()).toList();
  }

  Optional<Instant> cameraClock() {
    return clock;
  }

  @Override
  public void take(CapturedPicture picture) {
    pictures.add(picture);
  }

  @Override
  public boolean wants() {
    return true;
  }

  @Override
  public void skip() {
    throw new AssertionError("all pictures are wanted");
  }

  @Override
  public void refuse(String why) {
    refusals.add(why);
  }

  @Override
  public void alive() {
    // Nobody watches.
  }

  @Override
  public void clock(Instant cameraTime) {
    clock = Optional.of(cameraTime);
  }

  @Override
  public boolean stops() {
    return pictures.size() >= most;
  }
}
