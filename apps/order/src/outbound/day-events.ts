import { orderDayClosedV1, orderDayRefusedV1, problems, type EventDefinition, type ProblemCode } from '@scantill/contracts';
import { assert } from '@scantill/kernel';
import { toOutboxRow, type Cause, type OutboxRow, type Sender } from '@scantill/platform';
import type { DayClosing, DayTotal } from '../core/day-closing.js';

type Sent = DayClosing & { readonly sender: Sender | null; readonly cause: Cause };

/** With the accounts that the store sells under, so that nobody who reads it has to ask the directory. */
export function toDayClosedRow(closing: Sent, accounts: Readonly<Record<string, string>>, at: Date): OutboxRow {
  const { chainId, storeId, date, from, until, totals, closedAt, sender } = closing;
  assert(sender !== null, 'what a store says is signed');
  return toRow(orderDayClosedV1, closing, {
    chainId, storeId, date, from: from.toISOString(), until: until.toISOString(),
    totals: totals.map(({ sales, refunds }) => ({ currency: sales.amount.currency, sales: toTotal(sales), refunds: toTotal(refunds) })),
    accounts, closedAt: closedAt.toISOString(), sentBy: sender,
  }, at);
}

export function toDayRefusedRow(closing: Sent, problem: ProblemCode, at: Date): OutboxRow {
  const { chainId, storeId, date } = closing;
  return toRow(orderDayRefusedV1, closing, { chainId, storeId, date, nextAction: 'call-operator', problem, detail: problems[problem].title }, at);
}

function toTotal({ count, amount }: DayTotal) {
  return { count, minor: amount.minor.toString() };
}

/** Days of a store stay in one partition. Nobody counts their versions: `closedAt` says which one stands. */
function toRow<Data>(definition: EventDefinition<Data>, { chainId, storeId, date, cause }: Sent, data: Data, time: Date): OutboxRow {
  const key = `${chainId}:${storeId}`;
  return toOutboxRow('order', { definition, data, key, subject: `${key}/${date}`, sequence: 0, time, cause });
}
