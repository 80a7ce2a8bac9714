package dev.framelabel.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtEpDevice;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the libraries of plug-in execution providers and loads each once for a process. ONNX
 * Runtime keeps them until the process ends, whatever class loader asked: a job that restarts finds
 * its library loaded. Thread-safe, also beside copies of this class in other class loaders.
 */
public final class PluginProviders {
  /** The folder of the providers' folders, beside the folder of ONNX Runtime's jar. */
  static final String FOLDER = "runtime";

  private static final Logger LOG = LoggerFactory.getLogger(PluginProviders.class);
  private static final String VARIABLE = "FRAMELABEL_RUNTIME";

  /** ONNX Runtime gives it to each device of a library that was loaded. */
  private static final String LIBRARY = "library_path";

  private final OrtEnvironment environment;
  private final PluginSettings settings;

  PluginProviders(OrtEnvironment environment, PluginSettings settings) {
    this.environment = environment;
    this.settings = settings;
  }

  /**
   * Returns the device of a plug-in execution provider, whose library is loaded if it was not.
   *
   * @throws ModelException if the library is missing or does not load, or has no such device
   */
  OrtEpDevice find(Device device) {
    Path library = library(device.provider());
    List<OrtEpDevice> devices = devices(device.provider(), library);
    return devices.stream()
        .filter(one -> device.hardware().isEmpty() || device.hardware().equals(hardware(one)))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "execution provider %s (%s) has no device %s on this machine; it has: %s"
                        .formatted(
                            device.provider(),
                            library,
                            device,
                            devices.isEmpty()
                                ? "none"
                                : devices.stream()
                                    .map(PluginProviders::hardware)
                                    .collect(Collectors.joining(", ")))));
  }

  private static String hardware(OrtEpDevice device) {
    return device.getDevice().getType().name().toLowerCase(Locale.ROOT);
  }

  private List<OrtEpDevice> devices(String provider, Path library) {
    // Not this object: the job's class loaders have one each, and ONNX Runtime's is the process's.
    synchronized (environment) {
      try {
        List<OrtEpDevice> devices = loaded(library);
        if (devices.isEmpty()) {
          environment.registerExecutionProviderLibrary(provider, library.toString());
          LOG.info("Execution provider {} loaded: {}", provider, library);
          devices = loaded(library);
        }
        return devices;
      } catch (OrtException e) {
        throw new ModelException(
            ("execution provider %s: %s does not load: %s; expected a plug-in library for ONNX Runtime"
                    + " 1.28 on Linux x86-64, and no other library of this name in this process")
                .formatted(provider, library, e.getMessage()),
            e);
      }
    }
  }

  /** Returns the library's devices, without those that choose another device by themselves. */
  private List<OrtEpDevice> loaded(Path library) throws OrtException {
    List<OrtEpDevice> devices = new ArrayList<>();
    for (OrtEpDevice device : environment.getEpDevices()) {
      Map<String, String> metadata = device.getEpMetadata();
      if (library.toString().equals(metadata.get(LIBRARY))
          && !metadata.containsKey(OpenVino.META_DEVICE)) {
        devices.add(device);
      }
    }
    return devices;
  }

  private Path library(String provider) {
    settings.check(provider);
    String brought = settings.libraries().get(provider);
    if (brought != null) {
      return real(Path.of(brought), provider);
    }
    List<Path> folders = folders(provider);
    String name = PluginSettings.KNOWN.get(provider);
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isRegularFile)
        .findFirst()
        .map(file -> real(file, provider))
        .orElseThrow(
            () ->
                new ModelException(
                    ("execution provider %s is not installed on this machine: no %s in %s. Run 'framelabel"
                            + " runtime install %s', and copy the folder %s beside Flink's lib/ on each"
                            + " node; or name a folder in --execution-provider-path or %s")
                        .formatted(provider, name, folders, provider, FOLDER, VARIABLE)));
  }

  private static Path real(Path file, String provider) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      throw new ModelException(
          "execution provider %s: its library %s cannot be read: %s".formatted(provider, file, e),
          e);
    }
  }

  private List<Path> folders(String provider) {
    List<Path> folders = new ArrayList<>(settings.folders());
    String variable = System.getenv(VARIABLE);
    if (variable != null && !variable.isEmpty()) {
      folders.add(Path.of(variable));
    }
    besideLibraries().ifPresent(folders::add);
    return folders.stream().flatMap(folder -> Stream.of(folder.resolve(provider), folder)).toList();
  }

  /**
   * Returns the folder {@code runtime} beside the {@code lib} that ONNX Runtime's jar lies in,
   * Flink's or the command line's; it need not exist.
   */
  public static Optional<Path> besideLibraries() {
    CodeSource source = OrtEnvironment.class.getProtectionDomain().getCodeSource();
    try {
      return source == null
          ? Optional.empty()
          : Optional.of(
              Path.of(source.getLocation().toURI()).resolve("../../" + FOLDER).normalize());
    } catch (URISyntaxException | IllegalArgumentException e) {
      LOG.info("ONNX Runtime's jar has no folder: {}", source.getLocation());
      return Optional.empty();
    }
  }
}
