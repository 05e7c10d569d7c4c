/** A message as it came, and where from. */
export interface Message {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
  /** The broker's append time where the topic is set so, else the producer's; milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Set when an operator hands a parked message in again: it was claimed before. */
  readonly deadLetterId?: bigint;
}

export type Batch = readonly Message[];

/**
 * What became of a batch. Values, not exceptions: Nest's exception layer stands between a handler and the transport and would
 * lose their types.
 */
export type BatchOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'unknown-version'; readonly partition: number; readonly offset: string; readonly type: string }
  | { readonly kind: 'too-many-defects' }
  | { readonly kind: 'unavailable'; readonly error: unknown };
