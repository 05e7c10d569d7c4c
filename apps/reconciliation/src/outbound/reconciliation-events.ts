import {
  fromMoney, reconciliationBreakOpenedV1, reconciliationBreakResolvedV1, reconciliationFileImportedV1, reconciliationRunCompletedV1, type EventDefinition,
} from '@scantill/contracts';
import { parseOrderKey } from '@scantill/kernel';
import { toOutboxRow, type Cause, type OutboxRow } from '@scantill/platform';
import type { Break } from './break-row.js';
import type { Day, ReadFile } from './file.repository.js';

const SOURCE = 'reconciliation';

/** When something happened to a day, and why. */
export interface Occasion {
  readonly at: Date;
  readonly cause: Cause;
}

export interface RunResult {
  readonly lines: number;
  readonly matched: number;
  readonly breaksOpened: number;
  readonly breaksResolved: number;
}

export function toFileImportedRow(file: ReadFile, supersedes: string | null, { at, cause }: Occasion): OutboxRow {
  const { id: fileId, chainId, accountId, date, name, sequence, sha256, lines, totals, receivedBy } = file;
  const data = { chainId, accountId, date, fileId, name, sequence, sha256, lines, totals: totals.map(fromMoney), supersedes, receivedBy };
  // A file is taken in once, so that is its first and only event.
  return toOutboxRow(SOURCE, { definition: reconciliationFileImportedV1, data, key: dayKey(file), subject: fileId, sequence: 1, time: at, cause });
}

/** @param runs how often the day was matched, this time included */
export function toRunCompletedRow(day: Day, runs: number, result: RunResult, { at, cause }: Occasion): OutboxRow {
  const { chainId, accountId, date } = day;
  const data = { chainId, accountId, date, ...result, completedAt: at.toISOString() };
  return toOutboxRow(SOURCE, { definition: reconciliationRunCompletedV1, data, key: dayKey(day), subject: dayKey(day), sequence: runs, time: at, cause });
}

export function toBreakRow(found: Break, occasion: Occasion): OutboxRow {
  return found.status === 'open'
    ? breakRow(reconciliationBreakOpenedV1, found, { openedAt: found.openedAt.toISOString() }, occasion)
    : breakRow(reconciliationBreakResolvedV1, found, { resolvedAt: (found.resolvedAt ?? occasion.at).toISOString() }, occasion);
}

function breakRow<Time>(definition: EventDefinition<ReturnType<typeof dataOf> & Time>, found: Break, time: Time, { at, cause }: Occasion): OutboxRow {
  return toOutboxRow(SOURCE, { definition, data: { ...dataOf(found), ...time }, key: dayKey(found), subject: found.id, sequence: found.sequence, time: at, cause });
}

function dataOf({ id, kind, chainId, accountId, date, type, orderKey, paymentId, alipayId, ours, theirs, amountAtRisk }: Break) {
  return {
    breakId: id, kind, chainId, accountId, date, transactionType: type, orderId: orderKey === null ? null : parseOrderKey(orderKey).orderId, paymentId, alipayId,
    ours: ours === null ? null : fromMoney(ours), theirs: theirs === null ? null : fromMoney(theirs), amountAtRisk: fromMoney(amountAtRisk),
  };
}

function dayKey({ accountId, date }: Pick<Day, 'accountId' | 'date'>): string {
  return `${accountId}:${date}`;
}
