package dev.framelabel.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A registry in memory that counts its calls. */
final class MemoryRegistry implements SchemaRegistry {
  final Map<SchemaId, String> schemas = new HashMap<>();
  final List<String> registered = new ArrayList<>();
  int lookups;
  boolean down;

  @Override
  public Optional<String> schema(SchemaId id) {
    if (down) {
      throw new RegistryException("down");
    }
    lookups++;
    return Optional.ofNullable(schemas.get(id));
  }

  @Override
  public SchemaId register(String subject, String schema, SchemaId.Kind kind) {
    registered.add(subject);
    SchemaId id = new SchemaId(kind, 0x0102);
    schemas.put(id, schema);
    return id;
  }
}
