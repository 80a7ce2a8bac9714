/**
 * Publishes the frames of cameras: RTSP, HTTP, video files, folders and USB.
 *
 * <p>Each camera has a stream of its own, a bounded send queue and a status. A camera that fails
 * never disturbs another one. This is the only package that imports FFmpeg.
 */
package dev.framelabel.tools.camera;
