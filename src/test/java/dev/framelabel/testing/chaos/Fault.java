package dev.framelabel.testing.chaos;

import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.JavaProcess;
import dev.framelabel.testing.cluster.ProcessCluster;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** Something that goes wrong with a running cluster, and what its operators do about it. */
public enum Fault {
  TASK_MANAGER_KILL("one of two TaskManagers killed, another one started") {
    @Override
    void happen(ProcessCluster cluster, RandomGenerator random) {
      anyTaskManager(cluster, random).kill();
      JavaProcess ignored = cluster.flink().startTaskManager();
    }
  },
  ALL_TASK_MANAGERS_KILL("both TaskManagers killed, others started") {
    @Override
    void happen(ProcessCluster cluster, RandomGenerator random) {
      List<JavaProcess> all = cluster.flink().taskManagers();
      all.forEach(JavaProcess::kill);
      for (int i = 0; i < all.size(); i++) {
        JavaProcess ignored = cluster.flink().startTaskManager();
      }
    }
  },
  BROKER_KILL("broker killed, back on the same data after 5 s") {
    @Override
    void happen(ProcessCluster cluster, RandomGenerator random) {
      cluster.broker().process().kill();
      Await.pause(OUTAGE);
      cluster.broker().launch();
      cluster.broker().awaitReady();
    }
  },
  BROKER_AND_TASK_MANAGER_KILL("broker and a TaskManager killed together") {
    @Override
    void happen(ProcessCluster cluster, RandomGenerator random) {
      cluster.broker().process().kill();
      anyTaskManager(cluster, random).kill();
      Await.pause(OUTAGE);
      cluster.broker().launch();
      JavaProcess ignored = cluster.flink().startTaskManager();
      cluster.broker().awaitReady();
    }
  },
  JOB_MANAGER_KILL("JobManager killed, another one started (ZooKeeper)") {
    @Override
    void happen(ProcessCluster cluster, RandomGenerator random) {
      cluster.flink().jobManager().kill();
      cluster.flink().startJobManager();
    }
  },
  BROKER_FREEZE("broker stopped for 40 s, longer than a request may take") {
    @Override
    void happen(ProcessCluster cluster, RandomGenerator random) {
      cluster.broker().process().signal("STOP");
      Await.pause(FREEZE);
      cluster.broker().process().signal("CONT");
      cluster.broker().awaitReady();
    }
  },
  NETWORK_CUT("nothing passes between job and broker for 20 s") {
    @Override
    void happen(ProcessCluster cluster, RandomGenerator random) {
      cluster.broker().network().cut();
      Await.pause(CUT);
      cluster.broker().network().mend();
    }
  },
  ZOMBIE("a TaskManager stopped for 60 s, replaced, then awake again") {
    @Override
    void happen(ProcessCluster cluster, RandomGenerator random) {
      JavaProcess zombie = anyTaskManager(cluster, random);
      zombie.signal("STOP");
      JavaProcess ignored = cluster.flink().startTaskManager();
      Await.pause(ZOMBIE_SLEEP);
      zombie.signal("CONT");
      // It may fence nobody and write nothing more; then it makes room.
      Await.pause(OUTAGE);
      zombie.kill();
    }
  },
  UPGRADE("stopped with a savepoint, started again from it") {
    @Override
    void happen(ProcessCluster cluster, RandomGenerator random) {
      cluster.stopAndGoOn(ProcessCluster.PARALLELISM);
    }
  },
  RESCALE("parallelism 2, 1 and 2 again through savepoints") {
    @Override
    void happen(ProcessCluster cluster, RandomGenerator random) {
      cluster.stopAndGoOn(1);
      Await.pause(OUTAGE);
      cluster.stopAndGoOn(ProcessCluster.PARALLELISM);
    }
  };

  private static final Duration OUTAGE = Duration.ofSeconds(5);
  private static final Duration CUT = Duration.ofSeconds(20);
  private static final Duration FREEZE = Duration.ofSeconds(40);
  private static final Duration ZOMBIE_SLEEP = Duration.ofSeconds(60);

  private final String story;

  Fault(String story) {
    this.story = story;
  }

  /** What happens, for people. */
  public String story() {
    return story;
  }

  /** Makes it happen and mends it; the job may still be recovering when this returns. */
  abstract void happen(ProcessCluster cluster, RandomGenerator random);

  /** One that the job runs on: another's end would not be felt. */
  private static JavaProcess anyTaskManager(ProcessCluster cluster, RandomGenerator random) {
    List<JavaProcess> all = cluster.busyTaskManagers();
    return all.get(random.nextInt(all.size()));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
