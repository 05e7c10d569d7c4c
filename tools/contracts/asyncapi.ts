import { catalogue, deadLetterTopic, services, topics, type EventDefinition, type Topic } from '@scantill/contracts';
import { channels, eventHeaders, letterHeaders, signedHeaders, type Party } from './channels.ts';
import { nameOf } from './event-schemas.ts';
import { readings } from './readers.ts';
import { readSample } from './golden.ts';

const BINDING_VERSION = '0.5.0';
const DEAD_LETTER = 'dead-letter';
const ref = (path: string) => ({ $ref: path });
const eventsOf = (topic: Topic) => catalogue.filter((definition) => definition.topic === topic);
const sortedByTopic = Object.values(topics);

/** AsyncAPI 3.0 over everything that crosses Kafka: topics with keys and headers, who writes, who reads, and what. */
export function asyncApi(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Scantill', version: '1.0.0',
      description: 'Alipay Order Code payments for shops, joined to reconciliation. Events are facts in terms of CloudEvents. An addition keeps the version of an event; anything else is a new version beside it.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries([...sortedByTopic.map((topic) => [topic, channel(topic)]), ...services.map((service) => [deadLetterTopic(service), deadLetterChannel(deadLetterTopic(service))])]),
    operations: { ...writing(), ...reading(), ...deadLettering() },
    components: {
      messages: { ...Object.fromEntries(catalogue.map((definition) => [nameOf(definition), message(definition)])), [DEAD_LETTER]: deadLetter() },
      schemas: { 'event-headers': eventHeaders, 'signed-headers': signedHeaders, 'dead-letter-headers': letterHeaders },
    },
  };
}

function channel(topic: Topic): object {
  return {
    address: topic,
    description: channels[topic].description,
    messages: Object.fromEntries(eventsOf(topic).map((definition) => [nameOf(definition), ref(`#/components/messages/${nameOf(definition)}`)])),
    bindings: { kafka: { topic, bindingVersion: BINDING_VERSION } },
  };
}

function message(definition: EventDefinition): object {
  const { key, keyExample } = channels[definition.topic];
  const isSigned = definition.topic === topics.storeOrders;
  return {
    name: definition.type,
    title: `${definition.type}, version ${definition.version}`,
    summary: definition.summary,
    headers: ref(`#/components/schemas/${isSigned ? 'signed-headers' : 'event-headers'}`),
    payload: { schemaFormat: 'application/schema+json;version=draft-2020-12', schema: ref(`schemas/${nameOf(definition)}.json`) },
    bindings: { kafka: { key: { type: 'string', description: key, examples: [keyExample] }, bindingVersion: BINDING_VERSION } },
    examples: [{ name: 'sample', summary: 'As released', payload: JSON.parse(readSample(definition)) as unknown }],
  };
}

function operation(action: 'send' | 'receive', party: Party, topic: string, names: readonly string[]): object {
  return {
    action, channel: ref(`#/channels/${topic}`), tags: [{ name: party }],
    summary: action === 'send' ? `What ${party} writes` : `What ${party} acts on`,
    messages: names.map((name) => ref(`#/channels/${topic}/messages/${name}`)),
  };
}

function writing(): Record<string, object> {
  return Object.fromEntries(sortedByTopic.map((topic) => {
    const { writer } = channels[topic];
    return [`${writer}.writes.${topic}`, operation('send', writer, topic, eventsOf(topic).map(nameOf))];
  }));
}

function reading(): Record<string, object> {
  return Object.fromEntries(readings().map(({ service, topic, events }) => [`${service}.reads.${topic}`, operation('receive', service, topic, events.map(nameOf))]));
}

function deadLetterChannel(topic: string): object {
  return {
    address: topic,
    description: 'Messages that could not be applied, as they came. An operator replays or discards them where they were set aside.',
    messages: { [DEAD_LETTER]: ref(`#/components/messages/${DEAD_LETTER}`) },
    bindings: { kafka: { topic, bindingVersion: BINDING_VERSION } },
  };
}

function deadLetter(): object {
  return {
    name: DEAD_LETTER, title: 'A dead letter', contentType: 'application/octet-stream',
    summary: 'The original bytes under the original key; why and whence is in the headers.',
    headers: ref('#/components/schemas/dead-letter-headers'),
    payload: { description: 'Whatever was sent' },
    bindings: { kafka: { key: { type: 'string', description: 'As the source' }, bindingVersion: BINDING_VERSION } },
  };
}

function deadLettering(): Record<string, object> {
  return Object.fromEntries(services.map((service) => [`${service}.writes.${deadLetterTopic(service)}`, operation('send', service, deadLetterTopic(service), [DEAD_LETTER])]));
}
