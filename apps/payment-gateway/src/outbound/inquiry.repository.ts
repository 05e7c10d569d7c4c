import { appendEvents, endDueWork, schedule, type Cause, type Database, type OutboxRow, type Statement, type Tx } from '@scantill/platform';
import type { AskedBy, Inquiry } from '../core/inquiry.js';
import type { Evidence, EvidenceRepository } from './evidence.repository.js';

/** Due work: something to ask Alipay about because somebody wonders. */
export const INQUIRY_DUE = 'inquiry';

export interface KeptInquiry extends Inquiry {
  /** How often somebody wanted to know. */
  readonly rounds: number;
  readonly cause: Cause;
}

interface Row extends Omit<KeptInquiry, 'cause'> {
  readonly correlationId: string;
  readonly causationId: string | null;
}

/** What one question came to. */
export interface Told {
  readonly asks: number;
  readonly evidence: readonly Evidence[];
  readonly at: Date;
}

/** The same question while one is open is answered with it. */
const WANT: Statement = {
  name: 'inquiries-want',
  text: `insert into inquiries as i (break_id, chain_id, account_id, order_id, type, request_id, alipay_id, correlation_id, causation_id, asked_by)
    select break_id, chain_id, account_id, order_id, type, request_id, alipay_id, correlation_id, causation_id, asked_by
    from json_to_recordset($1::json) as x(break_id text, chain_id text, account_id text, order_id text, type text, request_id text, alipay_id text, correlation_id text, causation_id text, asked_by text)
    order by break_id
    on conflict (break_id) do update set rounds = i.rounds + 1, asks = 0, answered_at = null, order_id = excluded.order_id, request_id = excluded.request_id, alipay_id = excluded.alipay_id,
      correlation_id = excluded.correlation_id, causation_id = excluded.causation_id, asked_by = excluded.asked_by
    where i.answered_at is not null
    returning break_id as "breakId"`,
};
const FIND: Statement = {
  name: 'inquiries-find',
  text: `select break_id as "breakId", chain_id as "chainId", account_id as "accountId", order_id as "orderId", type, request_id as "requestId", alipay_id as "alipayId", asked_by as "askedBy", asks, rounds,
    correlation_id as "correlationId", causation_id as "causationId" from inquiries where break_id = $1 and answered_at is null`,
};
const ASKED: Statement = { name: 'inquiries-asked', text: 'update inquiries set asks = $3, asked_by = $4 where break_id = $1 and rounds = $2 and answered_at is null returning break_id' };
const ANSWERED: Statement = { name: 'inquiries-answered', text: 'update inquiries set asks = $3, answered_at = $4 where break_id = $1 and rounds = $2 and answered_at is null returning break_id' };

/** Questions to Alipay that wait for their turn, and what became of them. */
export class InquiryRepository {
  constructor(private readonly database: Database, private readonly evidence: EvidenceRepository) {}

  /** They are due at once. */
  async want(tx: Tx, wanted: readonly Omit<KeptInquiry, 'asks' | 'rounds'>[], now: Date): Promise<void> {
    const rows = [...new Map(wanted.map((each) => [each.breakId, toRow(each)])).values()];
    const open = await tx.query<{ breakId: string }>(WANT, [JSON.stringify(rows)]);
    await schedule(tx, INQUIRY_DUE, open.map(({ breakId }) => ({ key: breakId, dueAt: now })));
  }

  /** Undefined when it was answered. */
  async find(breakId: string): Promise<KeptInquiry | undefined> {
    const [row] = await this.database.query<Row>(FIND, [breakId]);
    if (row === undefined) return undefined;
    const { correlationId, causationId, ...inquiry } = row;
    return { ...inquiry, cause: { correlationId, causationId } };
  }

  async later(breakId: string, dueAt: Date): Promise<void> {
    await this.database.transaction((tx) => schedule(tx, INQUIRY_DUE, [{ key: breakId, dueAt }]));
  }

  async askAgain(tx: Tx, { breakId, rounds }: KeptInquiry, { asks, evidence }: Told, next: { readonly askedBy: AskedBy; readonly dueAt: Date }): Promise<void> {
    const [open] = await tx.query(ASKED, [breakId, rounds, asks, next.askedBy]);
    await this.evidence.keep(tx, evidence);
    if (open !== undefined) await schedule(tx, INQUIRY_DUE, [{ key: breakId, dueAt: next.dueAt }]);
  }

  /** Told once, also where two instances asked. */
  async answer(tx: Tx, { breakId, rounds }: KeptInquiry, { asks, evidence, at }: Told, event: OutboxRow): Promise<void> {
    const [open] = await tx.query(ANSWERED, [breakId, rounds, asks, at]);
    await this.evidence.keep(tx, evidence);
    if (open === undefined) return;
    await appendEvents(tx, [event]);
    await schedule(tx, INQUIRY_DUE, [], [breakId]);
  }

  /** It was answered by somebody else. */
  async end(breakId: string, startedAt: Date): Promise<void> {
    await endDueWork(this.database, INQUIRY_DUE, breakId, startedAt);
  }
}

function toRow({ breakId, chainId, accountId, orderId, type, requestId, alipayId, cause, askedBy }: Omit<KeptInquiry, 'asks' | 'rounds'>) {
  return {
    break_id: breakId, chain_id: chainId, account_id: accountId, order_id: orderId, type, request_id: requestId, alipay_id: alipayId,
    correlation_id: cause.correlationId, causation_id: cause.causationId, asked_by: askedBy,
  };
}
