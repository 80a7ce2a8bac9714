package dev.framelabel.testing.chaos;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;

/** How fast a broker takes records of everybody but the load. */
final class Quota {
  private static final String RATE = "producer_byte_rate";
  private static final Map<String, String> EVERYBODY = Map.of(ClientQuotaEntity.USER, "ANONYMOUS");
  private static final Map<String, String> LOAD =
      Map.of(ClientQuotaEntity.USER, "ANONYMOUS", ClientQuotaEntity.CLIENT_ID, FrameLoad.CLIENT_ID);
  private static final double FREE = 1e9;

  private final Map<String, String> client;

  Quota(Map<String, String> client) {
    this.client = client;
  }

  void set(double bytesPerSecond) {
    alter(LOAD, FREE);
    alter(EVERYBODY, bytesPerSecond);
  }

  void lift() {
    alter(EVERYBODY, null);
  }

  private void alter(Map<String, String> whom, Double rate) {
    try (Admin admin = Admin.create(Map.copyOf(client))) {
      admin
          .alterClientQuotas(
              List.of(
                  new ClientQuotaAlteration(
                      new ClientQuotaEntity(whom),
                      List.of(new ClientQuotaAlteration.Op(RATE, rate)))))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker sets no quota: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
