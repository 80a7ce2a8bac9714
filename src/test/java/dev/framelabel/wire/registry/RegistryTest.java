package dev.framelabel.wire.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.wire.RegistryException;
import dev.framelabel.wire.SchemaId;
import dev.framelabel.wire.SchemaRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RegistryTest {
  private static final String SCHEMA = "{\"type\":\"string\"}";

  private StandInRegistry server;

  @BeforeEach
  void start() throws Exception {
    server = new StandInRegistry();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void confluent_register_looksUpFirstAndRegistersOnlyWhatIsNotThere() {
    SchemaRegistry registry = new RegistrySettings(server.confluentUrl() + "/", "").open();
    SchemaId id = registry.register("cam/labels-value", SCHEMA, SchemaId.Kind.CONTENT);
    assertThat(registry.register("cam/labels-value", SCHEMA, SchemaId.Kind.CONTENT)).isEqualTo(id);
    assertThat(server.calls)
        .containsExactly(
            "POST /apis/ccompat/v7/subjects/cam%2Flabels-value",
            "POST /apis/ccompat/v7/subjects/cam%2Flabels-value/versions",
            "POST /apis/ccompat/v7/subjects/cam%2Flabels-value");
    assertThat(registry.schema(id)).contains(SCHEMA);
    assertThat(registry.schema(new SchemaId(SchemaId.Kind.CONTENT, 2))).isEmpty();
    assertThat(server.authorization).isNull();
  }

  @Test
  void apicurio_register_givesGlobalOrContentId() {
    SchemaRegistry registry = new RegistrySettings(server.apicurioUrl(), "").open();
    for (SchemaId.Kind kind : SchemaId.Kind.values()) {
      SchemaId id = registry.register("labels-value", SCHEMA, kind);
      assertThat(id.number()).isEqualTo(kind == SchemaId.Kind.GLOBAL ? 1_001 : 1);
      assertThat(registry.schema(id)).contains(SCHEMA);
      assertThat(registry.schema(new SchemaId(kind, 5_000))).isEmpty();
    }
  }

  @Test
  void schema_thatNamesTypesOfOtherArtifacts_comesWhole() {
    server.referring = true;
    for (String url : List.of(server.apicurioUrl(), server.confluentUrl())) {
      SchemaRegistry registry = new RegistrySettings(url, "").open();
      SchemaId id = registry.register("frames-value", SCHEMA, SchemaId.Kind.CONTENT);
      assertThat(registry.schema(id)).contains(SCHEMA);
    }
    SchemaRegistry apicurio = new RegistrySettings(server.apicurioUrl(), "").open();
    SchemaId id = apicurio.register("frames-value", SCHEMA, SchemaId.Kind.GLOBAL);
    assertThat(apicurio.schema(id)).contains(SCHEMA);
  }

  @Test
  void user_isSentAsBasicAuthentication() {
    SchemaRegistry registry = new RegistrySettings(server.confluentUrl(), "me:secret").open();
    assertThat(registry.schema(new SchemaId(SchemaId.Kind.CONTENT, 1))).isEmpty();
    assertThat(server.authorization).isEqualTo("Basic bWU6c2VjcmV0");
    assertThat(new RegistrySettings(server.confluentUrl(), "me:secret").toString())
        .doesNotContain("secret");
  }

  @Test
  void url_withUserAndPassword_isRefusedAndMasked() {
    for (String url :
        List.of(
            "http://me:c4nary@registry:8081",
            "http://me:c4/nary@registry:8081",
            "ftp://me:c4nary@registry",
            "http://me:c4 nary@registry:8081",
            "me:c4nary@registry")) {
      assertThatThrownBy(() -> new RegistrySettings(url, ""))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("--registry is '", "***@registry", "expected a URL")
          .hasMessageNotContainingAny("c4", "nary");
    }
    assertFails(
        new RegistrySettings("http://127.0.0.1:1/?key=c4nary", "").open(), "?***", "does it run?");
  }

  @Test
  void refusals_sayWhatToDo() {
    SchemaRegistry registry = new RegistrySettings(server.confluentUrl(), "").open();
    server.refuseWith = 401;
    assertFails(registry, "answers 401", "basic.auth.user.info");
    server.refuseWith = 409;
    assertFails(registry, "answers 409", "does not fit the subject's earlier ones");
    server.refuseWith = 500;
    assertFails(registry, "answers 500", "/subjects/s");
    server.refuseWith = 200;
    assertFails(registry, "has no /id", "is --registry the URL of a schema registry?");
  }

  /**
   * Ids of frames come from senders: what a registry takes for no id at all must not fail the job.
   */
  @ParameterizedTest
  @ValueSource(ints = {400, 404, 422})
  void schema_idThatIsNoneToTheRegistry_isUnknown(int status) {
    server.refuseWith = status;
    SchemaId id = new SchemaId(SchemaId.Kind.CONTENT, 0xFFFFFFFFL);
    for (String url : List.of(server.confluentUrl(), server.apicurioUrl())) {
      assertThat(new RegistrySettings(url, "").open().schema(id)).isEmpty();
    }
  }

  @Test
  void noServer_saysSo() {
    SchemaRegistry registry = new RegistrySettings(server.confluentUrl(), "").open();
    server.close();
    assertFails(registry, "does not answer", "does it run?");
  }

  @Test
  void globalIds_ofARegistryThatHasNone_areUnknown() {
    SchemaRegistry registry = new RegistrySettings(server.confluentUrl(), "").open();
    assertThat(registry.schema(new SchemaId(SchemaId.Kind.GLOBAL, 1))).isEmpty();
    assertThatThrownBy(() -> registry.register("s", SCHEMA, SchemaId.Kind.GLOBAL))
        .hasMessageContaining("/apis/registry/v3");
  }

  private static void assertFails(SchemaRegistry registry, String found, String cure) {
    assertThatThrownBy(() -> registry.register("s", SCHEMA, SchemaId.Kind.CONTENT))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(found)
        .hasMessageContaining(cure);
  }
}
