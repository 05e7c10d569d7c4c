import type { EventDefinition } from '@scantill/contracts';
import type { Tx } from '../database.js';
import type { Cause } from '../outbox/outbox.js';
import type { Opened, Sender } from './door.js';
import type { Message } from './message.js';

/** A use case on a batch of inputs, inside the unit of work that claimed them. */
export interface Flow<Input> {
  run(tx: Tx, inputs: readonly Input[]): Promise<unknown>;
}

/** What the mapping may need besides the data. */
export interface Received {
  /** Who says it; on `store.orders` the chain whose secret was verified. */
  readonly source: string;
  readonly time: Date;
  /** Append time of the broker where the topic is set so. */
  readonly brokerTime: Date;
  readonly key: string | null;
  readonly cause: Cause;
  /** Null where only our own services write. */
  readonly sender: Sender | null;
}

/** One released event version, translated at the door and handed to a flow. */
export interface Route {
  readonly definition: EventDefinition;
  readonly toInput: (data: unknown, received: Received) => unknown;
  readonly flow: Flow<never>;
  /** Whether it matters to this service. What does not is read and then left, not even its identity written down. */
  readonly concerns: (data: unknown) => boolean;
}

export function on<Data, Input>(
  definition: EventDefinition<Data>, toInput: (data: Data, received: Received) => Input, flow: Flow<Input>, concerns: (data: Data) => boolean = () => true,
): Route {
  return { definition, toInput: toInput as Route['toInput'], flow: flow as unknown as Flow<never>, concerns: concerns as Route['concerns'] };
}

export function received(message: Message, opened: Opened): Received {
  return {
    source: opened.source,
    time: new Date(opened.time),
    brokerTime: new Date(message.timestampMs),
    key: message.key,
    cause: { correlationId: opened.envelope.correlationId ?? opened.id, causationId: opened.id },
    sender: opened.sender ?? null,
  };
}
