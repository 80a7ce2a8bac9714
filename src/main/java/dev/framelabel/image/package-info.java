/**
 * Decodes JPEG, PNG and WebP images into RGB pixels of the model's input size.
 *
 * <p>Limits are checked against the file's header before any pixel is allocated. Damage that a
 * decoder would accept silently is an error here. The caller owns the target buffer; nothing here
 * knows frames, batches or models.
 */
package dev.framelabel.image;
