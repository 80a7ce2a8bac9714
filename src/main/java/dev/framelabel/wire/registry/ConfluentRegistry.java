package dev.framelabel.wire.registry;

import dev.framelabel.wire.RegistryException;
import dev.framelabel.wire.SchemaId;
import dev.framelabel.wire.SchemaRegistry;
import java.util.Map;
import java.util.Optional;

/** Client of a registry by the REST calls that Confluent documents. */
final class ConfluentRegistry implements SchemaRegistry {
  private final RegistryCalls calls;

  ConfluentRegistry(RegistryCalls calls) {
    this.calls = calls;
  }

  @Override
  public Optional<String> schema(SchemaId id) {
    if (id.kind() == SchemaId.Kind.GLOBAL) {
      return Optional.empty();
    }
    // With the schemas that it names.
    RegistryCalls.Answer answer = calls.get("/schemas/ids/" + id.number() + "?format=resolved");
    return answer.found() ? Optional.of(calls.field(answer, "/schema").asText()) : Optional.empty();
  }

  @Override
  public SchemaId register(String subject, String schema, SchemaId.Kind kind) {
    if (kind == SchemaId.Kind.GLOBAL) {
      throw new RegistryException(
          "a registry with Confluent's calls has no global ids; expected --registry to end with"
              + " /apis/registry/v3 for --output-format apicurio");
    }
    String path = "/subjects/" + RegistryCalls.encode(subject);
    Map<String, String> body = Map.of("schema", schema, "schemaType", "AVRO");
    RegistryCalls.Answer answer = calls.post(path, body);
    if (!answer.found()) {
      answer = calls.post(path + "/versions", body);
    }
    return new SchemaId(kind, calls.field(answer, "/id").asLong());
  }
}
