import type { Money } from '@scantill/kernel';
import type { Actor, BreakEvent, BreakFacts, Evidence } from '../core/break-life.js';
import { inquiryText, type InquiryAnswer } from '../core/inquiry-answer.js';

/** What matching does, it does in our name. */
export const RECONCILIATION: Actor = { kind: 'system', name: 'reconciliation' };
export const PAYMENT_GATEWAY: Actor = { kind: 'system', name: 'payment-gateway' };

/** As JSON keeps it, which has no big integers. */
interface KeptAmount {
  readonly currency: string;
  readonly minor: string;
}

export interface HistoryDetails {
  readonly date?: string;
  readonly ours?: KeptAmount | null;
  readonly theirs?: KeptAmount | null;
  readonly causedBy?: string | null;
  readonly fileId?: string | null;
  readonly line?: number | null;
  readonly eventId?: string;
  readonly note?: string;
  readonly owner?: string | null;
  readonly dueOn?: string;
  readonly answer?: Omit<InquiryAnswer, 'amount' | 'movedAt' | 'answeredAt'> & { readonly amount: KeptAmount | null; readonly movedAt: string | null; readonly answeredAt: string };
}

/** Who did what, when and why: added, never changed. */
export interface HistoryEntry {
  readonly number: number;
  readonly at: Date;
  readonly by: Actor;
  readonly action: BreakEvent['kind'];
  readonly text: string | null;
  readonly details: HistoryDetails;
}

export interface HistoryRow {
  readonly break_id: string;
  readonly number: number;
  readonly at: Date;
  readonly by_kind: Actor['kind'];
  readonly by_name: string;
  readonly action: BreakEvent['kind'];
  readonly text: string | null;
  readonly details: HistoryDetails;
}

export function toHistoryRow(breakId: string, number: number, event: BreakEvent, { by, at }: { readonly by: Actor; readonly at: Date }): HistoryRow {
  return { break_id: breakId, number, at, by_kind: by.kind, by_name: by.name, action: event.kind, text: textOf(event), details: detailsOf(event) };
}

export function toHistoryEntry({ number, at, by_kind, by_name, action, text, details }: HistoryRow): HistoryEntry {
  return { number, at, by: { kind: by_kind, name: by_name }, action, text, details };
}

function textOf(event: BreakEvent): string | null {
  if ('text' in event) return event.text;
  if ('evidence' in event) return event.evidence.says ?? null;
  if (event.kind === 'inquiry-answered') return inquiryText(event.answer);
  return 'reason' in event ? event.reason : null;
}

function detailsOf(event: BreakEvent): HistoryDetails {
  if ('facts' in event) return factsOf(event.facts);
  if ('evidence' in event) return shown(event.evidence);
  if (event.kind === 'inquiry-answered') return { answer: answerOf(event.answer) };
  return event.kind === 'assigned' ? { owner: event.owner, dueOn: event.dueOn } : {};
}

/** What it says in words is the text of the entry. */
function shown({ says: _, ...evidence }: Evidence): HistoryDetails {
  return evidence;
}

function factsOf({ date, ours, theirs, causedBy, note }: BreakFacts): HistoryDetails {
  return { date, ours: kept(ours), theirs: kept(theirs), causedBy, ...(note === undefined ? {} : { note }) };
}

function answerOf({ amount, movedAt, answeredAt, ...answer }: InquiryAnswer): NonNullable<HistoryDetails['answer']> {
  return { ...answer, amount: kept(amount), movedAt: movedAt?.toISOString() ?? null, answeredAt: answeredAt.toISOString() };
}

function kept(amount: Money | null): KeptAmount | null {
  return amount === null ? null : { currency: amount.currency, minor: amount.minor.toString() };
}
