package dev.framelabel.xception;

/** x */
public record ModelFacts() {
  static ModelFacts of(Object o) {
    return new ModelFacts();
  }
}
