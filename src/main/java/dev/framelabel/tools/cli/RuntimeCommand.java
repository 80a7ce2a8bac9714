package dev.framelabel.tools.cli;

import dev.framelabel.address.Addresses;
import dev.framelabel.model.PluginProviders;
import dev.framelabel.tools.runtimes.PackageIndex;
import dev.framelabel.tools.runtimes.RuntimeFolder;
import dev.framelabel.tools.runtimes.RuntimePackage;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code framelabel runtime}. */
@Command(
    name = "runtime",
    description =
        "Installs plug-in execution providers: libraries that let ONNX Runtime compute faster, or on other"
            + " hardware.")
final class RuntimeCommand {
  private static final String PYPI = "https://pypi.org/simple";
  private static final double MEGABYTE = 1e6;

  @Spec private CommandSpec spec;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      scope = ScopeType.INHERIT,
      description =
          "Folder of the installed providers. Default: the folder 'runtime' of the application, where the"
              + " commands look for them.")
  private Path folder;

  @Command(
      name = "install",
      description =
          "Fetches a provider, checks its SHA-256, and unpacks its libraries. Continues a download that was"
              + " interrupted.",
      footer = {
        "",
        "openvino: Intel's OpenVINO for x86-64 CPUs, Intel GPUs and NPUs. 53 MB to fetch, 165 MB on disk.",
        "On a cluster: copy the folder 'runtime' beside the folder lib/ of each Flink node.",
        "Example: framelabel runtime install openvino"
      })
  int install(
      @Parameters(paramLabel = "NAME", description = "Name of the provider: openvino.") String name,
      @Option(
              names = "--from",
              paramLabel = "FILE",
              description =
                  "Package file that was fetched by other means, for example with 'pip download --no-deps"
                      + " onnxruntime-ep-openvino==1.8.1'.")
          Path from,
      @Option(
              names = "--index",
              paramLabel = "URL",
              description =
                  "Python package index to fetch from. Default: PIP_INDEX_URL, else " + PYPI + ".")
          URI index)
      throws IOException {
    RuntimePackage wanted = RuntimePackage.named(name);
    RuntimeFolder installed = folder();
    Path made = from != null ? installed.install(wanted, from) : fetch(wanted, installed, index);
    PrintWriter out = out();
    out.printf(
        "Installed %s %s in %s, %.0f MB.%n",
        name, wanted.version(), made, installed.bytes(name) / MEGABYTE);
    out.printf("Use it with '--device %s'.%n", name);
    out.printf(
        "For Flink: copy the folder %s to each node, beside its lib/.%n",
        installed.path().toAbsolutePath().normalize());
    return 0;
  }

  private Path fetch(RuntimePackage wanted, RuntimeFolder installed, URI index) throws IOException {
    URI address = index != null ? index : defaultIndex();
    Path part = installed.path().resolve("." + wanted.wheel() + ".part");
    Files.createDirectories(installed.path());
    out().printf("Fetching %s from %s ...%n", wanted.wheel(), Addresses.mask(address.toString()));
    try {
      new PackageIndex(address).fetch(wanted, part, progress(wanted.bytes()));
    } catch (IOException e) {
      throw new IOException(
          ("cannot fetch %s: %s. Run the command again to continue; or name another index with --index, or"
                  + " fetch the file by other means and name it with --from")
              .formatted(wanted.wheel(), Addresses.maskIn(String.valueOf(e.getMessage()))),
          e);
    }
    try {
      return installed.install(wanted, part);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static URI defaultIndex() {
    try {
      return new URI(Optional.ofNullable(System.getenv("PIP_INDEX_URL")).orElse(PYPI));
    } catch (URISyntaxException e) {
      // Neither text nor cause: it may hold a password.
      throw new IllegalArgumentException("PIP_INDEX_URL is no address; expected http or https");
    }
  }

  /** Returns a printer of one line for each tenth. */
  private LongConsumer progress(long bytes) {
    long[] next = {bytes / 10};
    return there -> {
      if (there >= next[0]) {
        next[0] = there + bytes / 10;
        out().printf("  %5.1f of %.1f MB%n", there / MEGABYTE, bytes / MEGABYTE);
        out().flush();
      }
    };
  }

  @Command(
      name = "list",
      description = "Lists the providers, and which are installed.",
      footer = {"", "Example: framelabel runtime list"})
  int list() throws IOException {
    RuntimeFolder installed = folder();
    for (RuntimePackage one : RuntimePackage.ALL) {
      Optional<String> version = installed.version(one.name());
      out()
          .println(
              version.isPresent()
                  ? "%-10s %-8s installed in %s"
                      .formatted(one.name(), version.get(), installed.folder(one.name()))
                  : "%-10s %-8s not installed".formatted(one.name(), one.version()));
    }
    return 0;
  }

  @Command(
      name = "remove",
      description = "Removes an installed provider.",
      footer = {"", "Example: framelabel runtime remove openvino"})
  int remove(
      @Parameters(paramLabel = "NAME", description = "Name of the provider: openvino.") String name)
      throws IOException {
    boolean removed = folder().remove(RuntimePackage.named(name).name());
    out().println(name + (removed ? ": removed" : ": was not installed"));
    return 0;
  }

  private RuntimeFolder folder() {
    return new RuntimeFolder(
        folder != null
            ? folder
            : PluginProviders.besideLibraries()
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "the application has no folder of its own; expected --folder")));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
