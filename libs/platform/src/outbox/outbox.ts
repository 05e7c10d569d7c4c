import type { EventDefinition } from '@scantill/contracts';
import { v7 as uuidv7 } from 'uuid';
import type { Statement, Tx } from '../database.js';

/** What made us act: carried along so that one order can be followed through every service. */
export interface Cause {
  readonly correlationId: string;
  readonly causationId: string | null;
}

/** A fact to be told. `subject` is the aggregate, `sequence` its version at this fact; `key` keeps an order's messages together. */
export interface OutgoingEvent<Data = unknown> {
  readonly definition: EventDefinition<Data>;
  readonly data: Data;
  readonly key: string;
  readonly subject: string;
  readonly sequence: number;
  readonly time: Date;
  readonly cause: Cause;
}

export interface OutboxRow {
  readonly topic: string;
  readonly key: string;
  readonly headers: string;
  readonly payload: string;
}

/** The envelope and its headers, as they will stand on the topic. */
export function toOutboxRow(source: string, event: OutgoingEvent): OutboxRow {
  const id = uuidv7();
  const { type, version, topic } = event.definition;
  const envelope = {
    id, type, version, source,
    time: event.time.toISOString(),
    subject: event.subject,
    sequence: event.sequence,
    correlationId: event.cause.correlationId,
    causationId: event.cause.causationId,
    data: event.data,
  };
  const headers = { id, type, version: String(version), 'correlation-id': event.cause.correlationId };
  return { topic, key: event.key, headers: JSON.stringify(headers), payload: JSON.stringify(envelope) };
}

/** For a statement that also writes something else: `with …, appended as (…) …`. The parameter is a JSON array of OutboxRow. */
export function appendedCte(parameter: string): string {
  return `appended as (
    insert into outbox (topic, key, headers, payload)
    select topic, key, headers, payload from json_to_recordset(${parameter}::json) as e(topic text, key text, headers text, payload text))`;
}

const APPEND: Statement = { name: 'outbox-append', text: `with ${appendedCte('$1')} select 1 where false` };

/** Appends on its own, where no other row is written in the same step. */
export async function appendEvents(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length > 0) await tx.query(APPEND, [JSON.stringify(rows)]);
}
