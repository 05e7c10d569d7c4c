import {
  fromMoney, reconciliationBreakOpenedV1, reconciliationBreakResolvedV1, reconciliationFileImportedV1, reconciliationReportReadyV1, reconciliationRunCompletedV1, type EventData, type EventDefinition,
} from '@scantill/contracts';
import { parseOrderKey } from '@scantill/kernel';
import { toOutboxRow, type Cause, type OutboxRow } from '@scantill/platform';
import type { BreakEvent } from '../core/break-life.js';
import type { Break } from './break-row.js';
import type { Day, ReadFile } from './file.repository.js';

export const SOURCE = 'reconciliation';

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
  readonly hash: string;
}

export function toFileImportedRow(file: ReadFile, supersedes: string | null, { at, cause }: Occasion): OutboxRow {
  const { id: fileId, chainId, accountId, date, name, sequence, sha256, lines, totals, receivedBy } = file;
  const data = { chainId, accountId, date, fileId, name, sequence, sha256, lines, totals: totals.map(fromMoney), supersedes, receivedBy };
  // A file is taken in once, so that is its first and only event.
  return toOutboxRow(SOURCE, { definition: reconciliationFileImportedV1, data, key: dayKey(file), subject: fileId, sequence: 1, time: at, cause });
}

/** @param runs how often the day was matched, this time included */
export function toRunCompletedRow(day: Day, runs: number, { hash: _, ...result }: RunResult, { at, cause }: Occasion): OutboxRow {
  const { chainId, accountId, date } = day;
  const data = { chainId, accountId, date, ...result, completedAt: at.toISOString() };
  return toOutboxRow(SOURCE, { definition: reconciliationRunCompletedV1, data, key: dayKey(day), subject: dayKey(day), sequence: runs, time: at, cause });
}

/** @param stand how often the day was compared, which is the version of its report, and what is open of it */
export function toReportReadyRow(day: Day, { runs, breaksOpen }: { readonly runs: number; readonly breaksOpen: number }, { at, cause }: Occasion): OutboxRow {
  const { chainId, accountId, date } = day;
  const data = { chainId, accountId, date, runs, breaksOpen, report: `/v1/reports?from=${date}&account=${encodeURIComponent(accountId)}`, readyAt: at.toISOString() };
  return toOutboxRow(SOURCE, { definition: reconciliationReportReadyV1, data, key: dayKey(day), subject: dayKey(day), sequence: runs, time: at, cause });
}

/** What changes for those who only hear of breaks. What people say to each other stays here. */
export function announces({ kind }: BreakEvent): boolean {
  return kind === 'opened' || kind === 'changed' || kind === 'found-again' || kind === 'reopened' || kind === 'closed-by-evidence' || kind === 'approved';
}

export function toBreakRow(each: Break, occasion: Occasion): OutboxRow {
  const { stage } = each.life;
  return stage.status === 'resolved'
    ? breakRow(reconciliationBreakResolvedV1, each, { ...dataOf(each), resolvedAt: (each.resolvedAt ?? occasion.at).toISOString(), resolution: stage.by }, occasion)
    : breakRow(reconciliationBreakOpenedV1, each, { ...dataOf(each), openedAt: each.openedAt.toISOString() }, occasion);
}

/** Of both events, apart from their time. */
type Told = Omit<EventData<typeof reconciliationBreakOpenedV1>, 'openedAt'>;

function breakRow<Data extends Told>(definition: EventDefinition<Data>, each: Break, data: Data, { at, cause }: Occasion): OutboxRow {
  const key = dayKey({ accountId: each.accountId, date: each.life.facts.date });
  return toOutboxRow(SOURCE, { definition, data, key, subject: each.id, sequence: each.sequence, time: at, cause });
}

function dataOf({ id, chainId, accountId, type, orderKey, paymentId, alipayId, amountAtRisk, life: { kind, facts } }: Break): Told {
  const { date, ours, theirs, causedBy } = facts;
  return {
    breakId: id, kind, chainId, accountId, date, transactionType: type, orderId: orderKey === null ? null : parseOrderKey(orderKey).orderId, paymentId, alipayId,
    ours: ours === null ? null : fromMoney(ours), theirs: theirs === null ? null : fromMoney(theirs), amountAtRisk: fromMoney(amountAtRisk),
    ...(causedBy === null ? {} : { causedBy }),
  };
}

export function dayKey({ accountId, date }: Pick<Day, 'accountId' | 'date'>): string {
  return `${accountId}:${date}`;
}
