#!/usr/bin/env python3
"""Writes frames to Framelabel and reads its labels.

    pip install fastavro kafka-python
    python3 framelabel_client.py write localhost:9092 frames gate-4 picture.jpg [more.jpg ...]
    python3 framelabel_client.py read localhost:9092 labels [how many]

Schemas are read from the folder in FRAMELABEL_SCHEMAS, else from ../../schemas beside this file.
"""
import io
import json
import os
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form
from kafka import KafkaConsumer, KafkaProducer

SCHEMAS = Path(os.environ.get("FRAMELABEL_SCHEMAS") or Path(__file__).resolve().parents[2] / "schemas")


class SingleObject:
    """Avro's single-object encoding: C3 01, the schema's fingerprint, the record."""

    def __init__(self, name):
        schema = json.loads((SCHEMAS / f"{name}.avsc").read_text())
        self.schema = fastavro.parse_schema(schema)
        form = to_parsing_canonical_form(schema)
        self.header = b"\xc3\x01" + bytes.fromhex(fingerprint(form, "CRC-64-AVRO"))

    def write(self, record):
        out = io.BytesIO()
        out.write(self.header)
        fastavro.schemaless_writer(out, self.schema, record)
        return out.getvalue()

    def read(self, value):
        if not value.startswith(self.header):
            raise ValueError(f"value begins with {value[:10].hex()}; expected {self.header.hex()}")
        return fastavro.schemaless_reader(io.BytesIO(value[10:]), self.schema)


def write(servers, topic, camera, files):
    codec = SingleObject("image-event")
    # A camera's frames must stay in order: one request at a time, and the camera id as the key.
    producer = KafkaProducer(
        bootstrap_servers=servers, acks="all", max_in_flight_requests_per_connection=1
    )
    for file in files:
        event = {
            "cameraId": camera,
            "frameId": str(uuid.uuid4()),
            "capturedAt": datetime.now(timezone.utc),
            "attributes": {"file": Path(file).name},
            "image": Path(file).read_bytes(),
        }
        sent = producer.send(topic, key=camera.encode(), value=codec.write(event))
        sent.get(timeout=30)
        print(json.dumps({"frameId": event["frameId"], "file": file}))
    producer.close()


def read(servers, topic, count):
    codec = SingleObject("labelled-frame")
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=servers,
        auto_offset_reset="earliest",
        isolation_level="read_committed",  # a result counts when its transaction is committed
    )
    for seen, record in enumerate(consumer, 1):
        label = codec.read(record.value)
        headers = {name: value.decode() for name, value in record.headers}
        print(json.dumps({**label, "headers": headers}, default=str), flush=True)
        if seen == count:
            break
    consumer.close()


if __name__ == "__main__":
    if len(sys.argv) > 5 and sys.argv[1] == "write":
        write(sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:])
    elif len(sys.argv) >= 4 and sys.argv[1] == "read":
        read(sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 0)
    else:
        sys.exit(__doc__)
