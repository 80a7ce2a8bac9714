#!/usr/bin/env node
// Writes frames to Framelabel and reads its labels.
//
//     npm install kafkajs avsc
//     node framelabel_client.js write localhost:9092 frames gate-4 picture.jpg [more.jpg ...]
//     node framelabel_client.js read localhost:9092 labels [how many]
//
// Schemas are read from the folder in FRAMELABEL_SCHEMAS, else from ../../schemas beside this file.
'use strict';
const {randomUUID} = require('crypto');
const fs = require('fs');
const path = require('path');
const avro = require('avsc');
const {Kafka, logLevel} = require('kafkajs');

const SCHEMAS = process.env.FRAMELABEL_SCHEMAS || path.join(__dirname, '..', '..', 'schemas');
const EMPTY = 0xc15d213aa4d7a795n;

// Avro's 64-bit fingerprint of a schema in canonical form, the lowest byte first.
function fingerprint(text) {
  let value = EMPTY;
  for (const byte of Buffer.from(text)) {
    let row = (value ^ BigInt(byte)) & 0xffn;
    for (let bit = 0; bit < 8; bit++) {
      row = row & 1n ? (row >> 1n) ^ EMPTY : row >> 1n;
    }
    value = (value >> 8n) ^ row;
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

// Avro's single-object encoding: C3 01, the schema's fingerprint, the record.
function singleObject(name) {
  const schema = JSON.parse(fs.readFileSync(path.join(SCHEMAS, name + '.avsc'), 'utf8'));
  const type = avro.Type.forSchema(schema);
  const canonical = JSON.stringify(type.schema());
  const header = Buffer.concat([Buffer.from([0xc3, 0x01]), fingerprint(canonical)]);
  return {
    write: (record) => Buffer.concat([header, type.toBuffer(record)]),
    read: (value) => {
      if (!value.subarray(0, 10).equals(header)) {
        throw new Error(`value begins with ${value.subarray(0, 10).toString('hex')}; ` +
            `expected ${header.toString('hex')}`);
      }
      return type.fromBuffer(value.subarray(10));
    },
  };
}

async function write(kafka, topic, camera, files) {
  const codec = singleObject('image-event');
  // A camera's frames must stay in order: one request at a time, and the camera id as the key.
  const producer = kafka.producer({maxInFlightRequests: 1});
  await producer.connect();
  for (const file of files) {
    const frameId = randomUUID();
    const value = codec.write({
      cameraId: camera,
      frameId,
      capturedAt: Date.now() * 1000,
      attributes: {file: path.basename(file)},
      image: fs.readFileSync(file),
    });
    await producer.send({topic, acks: -1, messages: [{key: camera, value}]});
    console.log(JSON.stringify({frameId, file}));
  }
  await producer.disconnect();
}

async function read(kafka, topic, count) {
  const codec = singleObject('labelled-frame');
  const consumer = kafka.consumer({
    groupId: 'labels-' + randomUUID(),
    readUncommitted: false, // a result counts when its transaction is committed
  });
  await consumer.connect();
  await consumer.subscribe({topic, fromBeginning: true});
  let seen = 0;
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error));
    consumer.run({
      eachMessage: async ({message}) => {
        if (count && seen >= count) {
          return;
        }
        const headers = Object.fromEntries(
            Object.entries(message.headers).map(([name, text]) => [name, String(text)]));
        console.log(JSON.stringify({...codec.read(message.value), headers}));
        seen++;
        if (seen === count) {
          resolve();
        }
      },
    }).catch(reject);
  });
  await consumer.disconnect();
}

async function main([command, servers, topic, ...rest]) {
  if (!(command === 'write' && rest.length > 1) && !(command === 'read' && topic)) {
    throw new Error('expected: write SERVERS TOPIC CAMERA FILE... | read SERVERS TOPIC [COUNT]');
  }
  const kafka = new Kafka({brokers: servers.split(','), logLevel: logLevel.ERROR});
  await (command === 'write'
    ? write(kafka, topic, rest[0], rest.slice(1))
    : read(kafka, topic, Number(rest[0] || 0)));
}

main(process.argv.slice(2)).catch((failure) => {
  console.error(failure);
  process.exit(1);
});
