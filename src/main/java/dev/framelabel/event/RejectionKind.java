package dev.framelabel.event;

/** Reason why a frame was not labelled. */
public enum RejectionKind {
  /** The record is no image event: empty, other bytes, cut, another schema. */
  UNREADABLE_EVENT,
  /** An image event in which a field has a value that it may not have. */
  INVALID_EVENT,
  /** The image has an unsupported format. */
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
  /** The event refers to an image that the job is not allowed to read. */
  IMAGE_URI_REFUSED,
  /** No file is at the URI that the event names. */
  IMAGE_NOT_FOUND,
  /** The file at the URI that the event names cannot be read. */
  IMAGE_READ_FAILED,
  /** Reading the file took longer than the limit. */
  IMAGE_READ_TIMEOUT,
  /** The image is fine, but the model's output for it is not probabilities, such as NaN. */
  MODEL_FAILED
}
