package dev.framelabel.event;

/** What is wrong with a frame that was not labelled. */
public enum RejectionKind {
  /** The record is no image event: empty, other bytes, cut, another schema. */
  UNREADABLE_EVENT,
  /** An image event in which a field has a value that it may not have. */
  INVALID_EVENT,
  /** The image is of a kind that is not read. */
  UNSUPPORTED_FORMAT,
  /** The image is damaged or cut. */
  CORRUPT_IMAGE,
  /**
   * More pixels or bytes than the limits allow; decided from the header, before any pixel is
   * allocated.
   */
  IMAGE_TOO_LARGE,
  /** Costs more to decode than the limits allow. */
  IMAGE_TOO_COMPLEX,
  /**
   * The image is fine, but the device could not label it: no memory even for it alone, no answer.
   */
  DEVICE_FAILED,
  /** The event names its image's place, and the job may not read there. */
  IMAGE_URI_REFUSED,
  /** No file is at the place that the event names. */
  IMAGE_NOT_FOUND,
  /** The file at the place that the event names cannot be read. */
  IMAGE_READ_FAILED,
  /** Reading the file took longer than the limit. */
  IMAGE_READ_TIMEOUT,
  /** The image is fine, but what the model gave for it are no probabilities, such as NaN. */
  MODEL_FAILED
}
