import { catalogue, envelope, storeEnvelope, topics, type EventDefinition } from '@scantill/contracts';
import { z } from 'zod';

/** How an event version is called in file names and in AsyncAPI. */
export function nameOf({ type, version }: EventDefinition): string {
  return `${type}.v${version}`;
}

/** JSON Schema (draft 2020-12) of the whole message. Readers must accept fields they do not know: additions keep the version. */
export function eventSchema(definition: EventDefinition): object {
  const { type, version, topic, summary, data } = definition;
  const form = topic === topics.storeOrders ? storeEnvelope : envelope;
  const message = form.extend({ type: z.literal(type), version: z.literal(version), data });
  const { $schema, ...schema } = z.toJSONSchema(message, { target: 'draft-2020-12', io: 'input' });
  return { $schema, $id: `urn:scantill:event:${type}:${version}`, title: `${type}, version ${version}`, description: summary, ...schema };
}

export function eventSchemas(): ReadonlyMap<string, object> {
  return new Map(catalogue.map((definition) => [nameOf(definition), eventSchema(definition)]));
}
