package dev.framelabel.image;

/** Rule by which a picture of any shape becomes the model's size. */
public enum Resize {
  /** Both sides are scaled apart; the picture may be distorted. */
  STRETCH,
  /** The largest centred part of the model's shape is scaled; the rest is cut off. */
  CROP,
  /** The whole picture is scaled and centred on black. */
  LETTERBOX
}
