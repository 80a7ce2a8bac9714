package dev.framelabel.wire.registry;

import dev.framelabel.wire.SchemaId;
import dev.framelabel.wire.SchemaRegistry;
import java.util.Map;
import java.util.Optional;

/** Client of an Apicurio registry of version 3 by its own REST calls; group {@code default}. */
final class ApicurioRegistry implements SchemaRegistry {
  private final RegistryCalls calls;

  ApicurioRegistry(RegistryCalls calls) {
    this.calls = calls;
  }

  @Override
  public Optional<String> schema(SchemaId id) {
    if (id.kind() == SchemaId.Kind.GLOBAL) {
      return whole(id.number());
    }
    String path = "/ids/contentIds/" + id.number();
    Optional<String> text = text(path);
    return text.isPresent() && refers(path) ? ofContent(id.number()) : text;
  }

  /** Returns a schema with all types that it names; Apicurio's serializers register those apart. */
  private Optional<String> whole(long globalId) {
    return text("/ids/globalIds/" + globalId + "?references=DEREFERENCE");
  }

  private boolean refers(String path) {
    RegistryCalls.Answer references = calls.get(path + "/references");
    return references.found() && !calls.field(references, "").isEmpty();
  }

  /** Returns a schema by its global id: only by that does the registry put it together. */
  private Optional<String> ofContent(long contentId) {
    RegistryCalls.Answer versions = calls.get("/search/versions?limit=1&contentId=" + contentId);
    return calls.field(versions, "/versions").isEmpty()
        ? Optional.empty()
        : whole(calls.field(versions, "/versions/0/globalId").asLong());
  }

  private Optional<String> text(String path) {
    RegistryCalls.Answer answer = calls.get(path);
    return answer.found() ? Optional.of(answer.body()) : Optional.empty();
  }

  /** Registers a schema; the registry itself first looks for a version of the same content. */
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
