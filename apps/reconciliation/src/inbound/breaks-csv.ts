import { Readable } from 'node:stream';
import { toMajorText, type Money } from '@scantill/kernel';
import { stringify } from 'csv-stringify';
import { ageBucket } from '../core/break-age.js';
import { breakKinds } from '../core/break-kind.js';
import type { ProvenBreak } from '../flows/list-breaks.js';
import { textCell } from './formula-text.js';

const COLUMNS = [
  'break', 'kind', 'status', 'account', 'date', 'type', 'order', 'payment', 'alipay id', 'ours', 'ours currency', 'theirs', 'theirs currency',
  'amount at risk', 'currency at risk', 'opened at', 'resolved at', 'file sha256', 'file line', 'raw line', 'event',
  'family', 'severity', 'age', 'store', 'owner', 'due', 'caused by', 'explanation', 'note',
] as const;

/** For people and spreadsheets: amounts in the major unit with the currency's digits. */
export function breaksCsv(breaks: AsyncIterable<ProvenBreak>, today: string): Readable {
  return Readable.from(rows(breaks, today)).pipe(stringify({ header: true, columns: [...COLUMNS] }));
}

/** By the query, else by the header. */
export function wantsCsv(format: 'json' | 'csv' | undefined, accept: string | undefined): boolean {
  return format === 'csv' || (format === undefined && accept?.includes('text/csv') === true);
}

async function* rows(breaks: AsyncIterable<ProvenBreak>, today: string): AsyncGenerator<string[]> {
  for await (const each of breaks) yield toRow(each, today);
}

/** Amounts are ours and may begin with a minus; every text could be somebody else's. */
function toRow(each: ProvenBreak, today: string): string[] {
  const { amountAtRisk, file, life: { kind, facts, stage, owner, dueOn, explanation } } = each;
  const { family, severity } = breakKinds[kind];
  return [
    ...[each.id, kind, stage.status, each.accountId, facts.date, each.type, orderOf(each), each.paymentId, each.alipayId].map(textCell),
    ...money(facts.ours), ...money(facts.theirs), ...money(amountAtRisk),
    each.openedAt.toISOString(), each.resolvedAt?.toISOString() ?? '',
    ...[each.fileSha256, typeof file?.line === 'number' ? String(file.line) : null, file?.raw ?? null, each.eventId].map(textCell),
    family, severity, ageBucket(facts.date, today), ...[each.storeId, owner, dueOn, facts.causedBy, explanation, facts.note ?? null].map(textCell),
  ];
}

function orderOf({ orderKey }: ProvenBreak): string | null {
  return orderKey === null ? null : orderKey.slice(orderKey.indexOf(':') + 1);
}

function money(amount: Money | null): [string, string] {
  return amount === null ? ['', ''] : [toMajorText(amount), amount.currency];
}
