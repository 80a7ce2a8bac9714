package dev.framelabel.testing.cluster;

import dev.framelabel.tools.demo.BrokerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Flink cluster of real processes: one JobManager, some TaskManagers of two slots each, and
 * ZooKeeper where the JobManager's state must outlive it. Not thread-safe.
 */
public final class FlinkProcesses implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final String WORKER_OPTIONS = "env.java.opts.taskmanager";
  private static final List<String> OPENED =
      List.of(
          "java.util",
          "java.lang",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.time",
          "java.nio");

  private final AppFolder app;
  private final Path folder;
  private final FlinkProbe rest;
  private final List<String> workerOptions;
  private final List<JavaProcess> taskManagers = new ArrayList<>();
  private final List<Path> jobManagerLogs = new ArrayList<>();
  private final List<JavaProcess> others = new ArrayList<>();
  private JavaProcess jobManager;
  private int started;

  /**
   * Starts the JobManager and the TaskManagers; {@link #awaitReady} tells when they serve.
   *
   * @param highAvailability whether another JobManager can take over
   * @param settings Flink settings that go before the usual ones
   */
  FlinkProcesses(
      AppFolder app,
      Path folder,
      int taskManagers,
      boolean highAvailability,
      Map<String, String> settings) {
    this.app = app;
    this.folder = folder;
    int port = BrokerFiles.freePort();
    this.rest = new FlinkProbe("http://127.0.0.1:" + port);
    Map<String, String> all = new LinkedHashMap<>(usual(port));
    if (highAvailability) {
      all.putAll(startZooKeeper());
    }
    all.putAll(settings);
    workerOptions = words(settings.getOrDefault(WORKER_OPTIONS, ""));
    write(folder.resolve("conf/config.yaml"), all);
    startJobManager();
    for (int i = 0; i < taskManagers; i++) {
      JavaProcess ignored = startTaskManager();
    }
  }

  private Map<String, String> usual(int port) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("jobmanager.rpc.address", "127.0.0.1");
    settings.put("jobmanager.rpc.port", Integer.toString(BrokerFiles.freePort()));
    settings.put("jobmanager.bind-host", "127.0.0.1");
    settings.put("taskmanager.bind-host", "127.0.0.1");
    settings.put("taskmanager.host", "127.0.0.1");
    settings.put("rest.address", "127.0.0.1");
    settings.put("rest.bind-address", "127.0.0.1");
    settings.put("rest.port", Integer.toString(port));
    settings.put("io.tmp.dirs", folder.resolve("tmp").toString());
    settings.put("execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
    settings.put("pekko.startup-timeout", "240 s");
    settings.put("heartbeat.interval", "2 s");
    settings.put("heartbeat.timeout", "20 s");
    settings.put("taskmanager.numberOfTaskSlots", "2");
    settings.put("taskmanager.load-balance.mode", "SLOTS");
    settings.put("taskmanager.cpu.cores", "2");
    settings.put("taskmanager.memory.task.heap.size", "320m");
    settings.put("taskmanager.memory.task.off-heap.size", "128m");
    settings.put("taskmanager.memory.framework.heap.size", "128m");
    settings.put("taskmanager.memory.framework.off-heap.size", "128m");
    settings.put("taskmanager.memory.jvm-metaspace.size", "256m");
    settings.put("taskmanager.memory.jvm-overhead.min", "192m");
    settings.put("taskmanager.memory.jvm-overhead.max", "192m");
    settings.put("taskmanager.memory.managed.size", "8m");
    settings.put("taskmanager.memory.network.min", "32m");
    settings.put("taskmanager.memory.network.max", "32m");
    settings.put(
        "classloader.parent-first-patterns.additional", "ai.onnxruntime;org.bytedeco;com.sun.jna");
    return settings;
  }

  private Map<String, String> startZooKeeper() {
    int port = BrokerFiles.freePort();
    write(
        folder.resolve("zookeeper.properties"),
        "=",
        Map.of(
            "dataDir", folder.resolve("zookeeper").toString(),
            "clientPort", Integer.toString(port),
            "clientPortAddress", "127.0.0.1",
            "admin.enableServer", "false",
            "tickTime", "1000",
            "maxClientCnxns", "100",
            "server.1", "127.0.0.1:" + BrokerFiles.freePort() + ":" + BrokerFiles.freePort()));
    others.add(
        start(
            "zookeeper",
            List.of("-Xmx128m"),
            List.of(
                "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
                "--zkConfigFile",
                folder.resolve("zookeeper.properties").toString(),
                "--peerId",
                "1"),
            List.of()));
    return Map.of(
        "high-availability.type",
        "zookeeper",
        "high-availability.zookeeper.quorum",
        "127.0.0.1:" + port,
        "high-availability.zookeeper.client.session-timeout",
        "6 s",
        "high-availability.storageDir",
        folder.resolve("ha").toUri().toString());
  }

  /** As Flink's own scripts do with options of a JVM. */
  private static List<String> words(String options) {
    return options.isBlank() ? List.of() : List.of(options.trim().split("\\s+"));
  }

  private static void write(Path file, Map<String, String> settings) {
    write(file, ": ", settings);
  }

  private static void write(Path file, String between, Map<String, String> settings) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(
          file,
          settings.entrySet().stream().map(e -> e.getKey() + between + e.getValue()).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a JobManager, where there is none or its predecessor was killed. */
  public void startJobManager() {
    jobManager =
        start(
            "jobmanager-" + ++started,
            List.of("-Xmx384m"),
            List.of(
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                "--configDir",
                folder.resolve("conf").toString()),
            List.of());
    jobManagerLogs.add(jobManager.log());
  }

  /** Starts one more TaskManager. */
  public JavaProcess startTaskManager() {
    return startTaskManager(List.of());
  }

  /**
   * Starts one more TaskManager.
   *
   * @param wrapper command in front of {@code java}
   */
  public JavaProcess startTaskManager(List<String> wrapper) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Xms448m",
                "-Xmx448m",
                "-XX:MaxMetaspaceSize=256m",
                "-XX:MaxDirectMemorySize=320m",
                "-Dorg.apache.avro.limits.bytes.maxLength=67108864"));
    options.addAll(workerOptions);
    String name = "taskmanager-" + ++started;
    JavaProcess process =
        start(
            name,
            options,
            List.of(
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                "--configDir",
                folder.resolve("conf").toString(),
                "-D",
                "taskmanager.resource-id=" + name),
            wrapper);
    taskManagers.add(process);
    return process;
  }

  private JavaProcess start(
      String name, List<String> options, List<String> arguments, List<String> wrapper) {
    List<String> all = new ArrayList<>(options);
    OPENED.forEach(part -> all.add("--add-opens=java.base/" + part + "=ALL-UNNAMED"));
    all.add("-Dlog4j2.configurationFile=" + Logs.file(folder));
    all.add("-Djava.io.tmpdir=" + temporary());
    // The default of 20 s is too short on a machine that is full.
    all.add("-Dpekko.actor.creation-timeout=240s");
    return JavaProcess.start(
        new JavaProcess.Command(name, app.flink(), all, arguments, Map.of(), wrapper), folder);
  }

  private Path temporary() {
    try {
      return Files.createDirectories(folder.resolve("tmp"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Blocks until so many TaskManagers have joined. */
  public void awaitReady(int count) {
    Await.until(
        count + " TaskManagers have joined (logs in " + folder + ")",
        START_LIMIT,
        () -> {
          jobManager.requireAlive();
          taskManagers.forEach(JavaProcess::requireAlive);
          others.forEach(JavaProcess::requireAlive);
          return rest.taskManagers() >= count;
        });
  }

  /** The TaskManagers that live and have tasks of the job; all that live where none has. */
  List<JavaProcess> taskManagers(String job) {
    Set<String> ids = rest.taskManagers(job);
    List<JavaProcess> busy =
        taskManagers().stream().filter(process -> ids.contains(process.name())).toList();
    return busy.isEmpty() ? taskManagers() : busy;
  }

  /** The TaskManagers that live. */
  public List<JavaProcess> taskManagers() {
    return taskManagers.stream().filter(JavaProcess::alive).toList();
  }

  /** The most that a TaskManager that lives has held in memory; 0 where the system does not say. */
  public long workerPeakKilobytes() {
    return taskManagers().stream().mapToLong(JavaProcess::peakKilobytes).max().orElse(0);
  }

  /** The logs of all JobManagers so far. */
  public List<Path> jobManagerLogs() {
    return jobManagerLogs.stream().toList();
  }

  public JavaProcess jobManager() {
    return jobManager;
  }

  public FlinkProbe rest() {
    return rest;
  }

  @Override
  public void close() {
    taskManagers.forEach(JavaProcess::kill);
    jobManager.kill();
    others.forEach(JavaProcess::kill);
  }
}
