import { z } from 'zod';
import { instant, text } from './fields.js';
import type { Topic } from './topics.js';

/** Modelled on CloudEvents 1.0: `subject` is the aggregate, `sequence` its version at this event. */
export const envelope = z.object({
  id: z.string().min(1).max(64),
  type: z.string().min(1).max(64),
  version: z.int().min(1),
  source: z.string().min(1).max(64),
  time: instant,
  subject: z.string().min(1).max(128),
  sequence: z.int().min(0),
  correlationId: z.string().min(1).max(64),
  causationId: z.string().min(1).max(64).nullable(),
  data: z.unknown(),
});
export type Envelope = z.infer<typeof envelope>;

/** What a store system sends. Its identity is the chain whose secret signed it, not what it calls itself. */
export const storeEnvelope = z.object({
  id: z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/),
  type: z.string().min(1).max(64),
  version: z.int().min(1),
  source: z.string().min(1).max(64),
  time: instant,
  correlationId: text(64).optional(),
  data: z.unknown(),
});

/** One released version of an event. Additions keep the version; anything else is a new one beside it. */
export interface EventDefinition<Data = unknown> {
  readonly type: string;
  readonly version: number;
  readonly topic: Topic;
  readonly summary: string;
  readonly data: z.ZodType<Data>;
}

export type EventData<Definition> = Definition extends EventDefinition<infer Data> ? Data : never;

export function defineEvent<Data>(definition: EventDefinition<Data>): EventDefinition<Data> {
  return definition;
}
