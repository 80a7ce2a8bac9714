package dev.framelabel.tools.demo;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A real broker that lets users in by TLS and SCRAM-SHA-512, and to what its ACLs allow. Its owner
 * reaches it as administrator by a second listener, and closes it.
 */
public final class SecuredBroker implements AutoCloseable {
  private static final String STORE_PASSWORD = "of-the-key-store";

  private final Path folder;
  private final int openPort = BrokerFiles.freePort();
  private final int securedPort = BrokerFiles.freePort();
  private final EmbeddedBroker broker;
  private final Admin admin;

  public static SecuredBroker start(Path folder) throws Exception {
    return new SecuredBroker(folder);
  }

  private SecuredBroker(Path folder) throws Exception {
    this.folder = folder;
    makeStores();
    this.broker = EmbeddedBroker.start(folder.resolve("broker"), settings());
    this.admin = Admin.create(new HashMap<>(administrator()));
  }

  private Map<String, String> settings() {
    int controllerPort = BrokerFiles.freePort();
    Map<String, String> settings = new HashMap<>();
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,SASL_SSL://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
            .formatted(openPort, securedPort, controllerPort));
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    settings.put(
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    settings.put("ssl.keystore.location", folder.resolve("keystore.p12").toString());
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.password", STORE_PASSWORD);
    settings.put("ssl.key.password", STORE_PASSWORD);
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:ANONYMOUS");
    return settings;
  }

  /** A key of this host's own, and a store with its certificate alone. */
  private void makeStores() throws Exception {
    Files.createDirectories(folder);
    Path keys = folder.resolve("keystore.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=broker",
                "-ext",
                "SAN=IP:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                STORE_PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IllegalStateException(Files.readString(folder.resolve("keytool.log")));
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    KeyStore all = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      all.load(in, STORE_PASSWORD.toCharArray());
    }
    trusted.setCertificateEntry("broker", all.getCertificate("broker"));
    try (OutputStream out = Files.newOutputStream(folder.resolve("truststore.p12"))) {
      trusted.store(out, STORE_PASSWORD.toCharArray());
    }
  }

  /** Reaches everything, without a password. */
  public Map<String, String> administrator() {
    return Map.of("bootstrap.servers", "127.0.0.1:" + openPort);
  }

  /** Where users come in. */
  public String bootstrapServers() {
    return "127.0.0.1:" + securedPort;
  }

  /** Makes a user, or gives it another password. */
  public void addUser(String name, String password) throws Exception {
    admin
        .alterUserScramCredentials(
            List.of(
                new UserScramCredentialUpsertion(
                    name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password)))
        .all()
        .get();
  }

  /**
   * Writes a properties file for the clients of a user.
   *
   * @param password as it stands in the file: the password, or where Kafka finds it
   */
  public Path clientFile(String name, String user, String password) throws Exception {
    return Files.writeString(
        folder.resolve(name),
        """
        security.protocol=SASL_SSL
        sasl.mechanism=SCRAM-SHA-512
        sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
        username="%s" password="%s";
        ssl.truststore.location=%s
        ssl.truststore.type=PKCS12
        ssl.truststore.password=%s
        config.providers=env,file
        config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider
        config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
        """
            .formatted(user, password, folder.resolve("truststore.p12"), STORE_PASSWORD));
  }

  public static AclBinding acl(
      String user, ResourceType type, PatternType pattern, String name, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
  }

  /** Makes these the only ACLs there are, and waits until the broker goes by them. */
  public void allowOnly(Collection<AclBinding> acls) throws Exception {
    admin.createAcls(acls).all().get();
    List<AclBindingFilter> others =
        admin.describeAcls(AclBindingFilter.ANY).values().get().stream()
            .filter(acl -> !acls.contains(acl))
            .map(AclBinding::toFilter)
            .toList();
    admin.deleteAcls(others).all().get();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get())
        .equals(Set.copyOf(acls))) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the broker does not take the ACLs");
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    admin.close();
    broker.close();
  }
}
