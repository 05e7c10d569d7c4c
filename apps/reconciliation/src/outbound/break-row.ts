import { createHash } from 'node:crypto';
import { assert, money, type Money } from '@scantill/kernel';
import type { Verdict } from '../core/break.js';
import type { BreakKind } from '../core/break-kind.js';
import type { Actor, BreakFacts, BreakLife, BreakStatus, Evidence, Proposal } from '../core/break-life.js';
import type { Difference } from './day-matching.js';

/** A difference that somebody has to explain, with what proves it and what became of it. */
export interface Break {
  readonly id: string;
  /** Its version for those who hear of it: opened, changed, resolved, opened again. */
  readonly sequence: number;
  readonly chainId: string;
  readonly accountId: string;
  readonly storeId: string | null;
  readonly type: string;
  readonly orderKey: string | null;
  readonly paymentId: string | null;
  /** Our request: the payment itself, or the refund. */
  readonly requestId: string | null;
  readonly alipayId: string | null;
  readonly amountAtRisk: Money;
  /** Without a line where the whole file proves it. */
  readonly file: { readonly id: string; readonly line: number | null; readonly raw: string } | null;
  readonly eventId: string | null;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly life: BreakLife;
}

export interface BreakRow {
  readonly id: string;
  readonly sequence: number;
  readonly status: BreakStatus;
  readonly kind: BreakKind;
  readonly chain_id: string;
  readonly account_id: string;
  readonly store_id: string | null;
  readonly business_date: string;
  readonly type: string;
  readonly order_key: string | null;
  readonly payment_id: string | null;
  readonly request_id: string | null;
  readonly alipay_id: string | null;
  readonly ours_currency: string | null;
  readonly ours_minor: bigint | null;
  readonly theirs_currency: string | null;
  readonly theirs_minor: bigint | null;
  readonly risk_currency: string;
  readonly risk_minor: bigint;
  readonly caused_by: string | null;
  readonly file_id: string | null;
  readonly line: number | null;
  readonly raw: string | null;
  readonly event_id: string | null;
  readonly opened_at: Date;
  readonly resolved_at: Date | null;
  readonly owner: string | null;
  readonly due_on: string;
  readonly entries: number;
  readonly explanation: string | null;
  readonly proposed_by_kind: Actor['kind'] | null;
  readonly proposed_by: string | null;
  readonly proposal_reason: string | null;
  readonly proposal_number: number | null;
  readonly resolution: 'evidence' | 'approval' | null;
  readonly approved_by: string | null;
  readonly evidence_file_id: string | null;
  readonly evidence_line: number | null;
  readonly note: string | null;
  readonly evidence_event_id: string | null;
}

/** Every column with its type, in one place: what is read, and what is written from JSON. */
const TYPES = {
  id: 'text', sequence: 'int', status: 'text', kind: 'text', chain_id: 'text', account_id: 'text', store_id: 'text', business_date: 'date', type: 'text', order_key: 'text',
  payment_id: 'text', request_id: 'text', alipay_id: 'text', ours_currency: 'text', ours_minor: 'bigint', theirs_currency: 'text', theirs_minor: 'bigint', risk_currency: 'text',
  risk_minor: 'bigint', caused_by: 'text', file_id: 'uuid', line: 'int', raw: 'text', event_id: 'text', opened_at: 'timestamptz', resolved_at: 'timestamptz', owner: 'text', due_on: 'date',
  entries: 'int', explanation: 'text', proposed_by_kind: 'text', proposed_by: 'text', proposal_reason: 'text', proposal_number: 'int', resolution: 'text', approved_by: 'text',
  evidence_file_id: 'uuid', evidence_line: 'int', note: 'text', evidence_event_id: 'text',
} as const satisfies Record<keyof BreakRow, string>;

const NAMES = Object.keys(TYPES);
export const COLUMNS = Object.entries(TYPES).map(([name, type]) => (type === 'date' ? `b.${name}::text as ${name}` : `b.${name}`)).join(', ');
/** Writes whole rows; the parameter is a JSON array of them. */
export const SAVE_ROWS = `insert into breaks (${NAMES.join(', ')})
  select ${NAMES.join(', ')} from json_to_recordset($1::json) as x(${Object.entries(TYPES).map(([name, type]) => `${name} ${type}`).join(', ')}) order by id
  on conflict (id) do update set ${NAMES.filter((name) => name !== 'id').map((name) => `${name} = excluded.${name}`).join(', ')}`;

/** Whose difference it is. */
export interface Owned {
  readonly chainId: string;
  readonly accountId: string;
}

/** What differs decides the id, so that the same difference has the same one whenever it is found. */
export function breakId({ accountId }: Owned, kind: BreakKind, { subject: other, type, requestId, alipayId, copy }: Difference): string {
  const request = type === 'REFUND' ? 'refund' : 'payment';
  const subject = other ?? (requestId === null || kind === 'duplicate-line' ? `line ${alipayId} ${copy}` : `${request} ${requestId}`);
  return createHash('sha256').update([accountId, kind, type, subject].join('\n')).digest('hex').slice(0, 32);
}

export type Unlived = Omit<Break, 'life' | 'sequence' | 'openedAt' | 'resolvedAt'>;

export function toUnlived(owned: Owned, { kind, amountAtRisk }: Verdict, difference: Difference): Unlived {
  const { type, storeId, orderKey, paymentId, requestId, alipayId, file, eventId } = difference;
  return { id: breakId(owned, kind, difference), chainId: owned.chainId, accountId: owned.accountId, storeId, type, orderKey, paymentId, requestId, alipayId, amountAtRisk, file, eventId };
}

export function toFacts({ date, ours, theirs, note }: Difference, causedBy: string | null): BreakFacts {
  return { date, ours, theirs, causedBy, ...(note === undefined ? {} : { note }) };
}

export function toBreak(row: BreakRow): Break {
  return {
    id: row.id, sequence: row.sequence, chainId: row.chain_id, accountId: row.account_id, storeId: row.store_id, type: row.type,
    orderKey: row.order_key, paymentId: row.payment_id, requestId: row.request_id, alipayId: row.alipay_id, amountAtRisk: money(row.risk_currency, row.risk_minor),
    file: row.file_id === null ? null : { id: row.file_id, line: row.line, raw: row.raw ?? '' },
    eventId: row.event_id, openedAt: row.opened_at, resolvedAt: row.resolved_at,
    life: {
      kind: row.kind, owner: row.owner, dueOn: row.due_on, entries: row.entries, explanation: row.explanation, stage: toStage(row),
      facts: {
        date: row.business_date, ours: amount(row.ours_currency, row.ours_minor), theirs: amount(row.theirs_currency, row.theirs_minor), causedBy: row.caused_by, ...(row.note === null ? {} : { note: row.note }),
      },
    },
  };
}

function toStage(row: BreakRow): BreakLife['stage'] {
  const { status } = row;
  if (status === 'being-resolved') return { status, proposal: toProposal(row) };
  if (status !== 'resolved') return { status };
  if (row.approved_by !== null) return { status, by: 'approval', proposal: toProposal(row), approvedBy: { kind: 'person', name: row.approved_by } };
  return { status, by: 'evidence', evidence: toEvidence(row) };
}

function toEvidence({ evidence_file_id: fileId, evidence_line: line, evidence_event_id: eventId }: BreakRow): Evidence {
  return { fileId, line, ...(eventId === null ? {} : { eventId }) };
}

function toProposal({ id, proposed_by_kind: kind, proposed_by: name, proposal_reason: reason, proposal_number: number }: BreakRow): Proposal {
  assert(kind !== null && name !== null && reason !== null && number !== null, `break ${id} has a proposal`);
  return { by: { kind, name }, reason, number };
}

/** As it goes into JSON: amounts as text, because JSON has no big integers. */
export function toRow(each: Break): Record<keyof BreakRow, string | number | Date | null> {
  const { life: { facts, stage, ...life }, amountAtRisk, file } = each;
  const proposal = 'proposal' in stage ? stage.proposal : null;
  const evidence = 'evidence' in stage ? stage.evidence : null;
  return {
    id: each.id, sequence: each.sequence, status: stage.status, kind: life.kind, chain_id: each.chainId, account_id: each.accountId, store_id: each.storeId, business_date: facts.date, type: each.type,
    order_key: each.orderKey, payment_id: each.paymentId, request_id: each.requestId, alipay_id: each.alipayId,
    ours_currency: facts.ours?.currency ?? null, ours_minor: facts.ours?.minor.toString() ?? null, theirs_currency: facts.theirs?.currency ?? null, theirs_minor: facts.theirs?.minor.toString() ?? null,
    risk_currency: amountAtRisk.currency, risk_minor: amountAtRisk.minor.toString(), caused_by: facts.causedBy, file_id: file?.id ?? null, line: file?.line ?? null, raw: file?.raw ?? null,
    event_id: each.eventId, opened_at: each.openedAt, resolved_at: each.resolvedAt, owner: life.owner, due_on: life.dueOn, entries: life.entries, explanation: life.explanation,
    proposed_by_kind: proposal?.by.kind ?? null, proposed_by: proposal?.by.name ?? null, proposal_reason: proposal?.reason ?? null, proposal_number: proposal?.number ?? null,
    resolution: 'by' in stage ? stage.by : null, approved_by: 'approvedBy' in stage ? stage.approvedBy.name : null, evidence_file_id: evidence?.fileId ?? null, evidence_line: evidence?.line ?? null,
    note: facts.note ?? null, evidence_event_id: evidence?.eventId ?? null,
  };
}

function amount(currency: string | null, minor: bigint | null): Money | null {
  return currency === null || minor === null ? null : money(currency, minor);
}
