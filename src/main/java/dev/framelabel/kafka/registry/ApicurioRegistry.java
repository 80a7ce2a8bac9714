package dev.framelabel.kafka.registry;

import dev.framelabel.wire.SchemaId;
import dev.framelabel.wire.SchemaRegistry;
import java.util.Map;
import java.util.Optional;

/** An Apicurio registry of version 3, asked with its own REST calls; group {@code default}. */
final class ApicurioRegistry implements SchemaRegistry {
  private final RegistryCalls calls;

  ApicurioRegistry(RegistryCalls calls) {
    this.calls = calls;
  }

  @Override
  public Optional<String> schema(SchemaId id) {
    String ids = id.kind() == SchemaId.Kind.GLOBAL ? "globalIds/" : "contentIds/";
    RegistryCalls.Answer answer = calls.get("/ids/" + ids + id.number());
    return answer.found() ? Optional.of(answer.body()) : Optional.empty();
  }

  /** The registry itself looks for a version of the same content before it makes one. */
  @Override
  public SchemaId register(String subject, String schema, SchemaId.Kind kind) {
    RegistryCalls.Answer answer =
        calls.post(
            "/groups/default/artifacts?ifExists=FIND_OR_CREATE_VERSION",
            Map.of(
                "artifactId",
                subject,
                "artifactType",
                "AVRO",
                "firstVersion",
                Map.of("content", Map.of("content", schema, "contentType", "application/json"))));
    String name = kind == SchemaId.Kind.GLOBAL ? "/version/globalId" : "/version/contentId";
    return new SchemaId(kind, calls.field(answer, name).asLong());
  }
}
