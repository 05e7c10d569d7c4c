import { Readable } from 'node:stream';
import { toMajorText, type Money } from '@scantill/kernel';
import { stringify } from 'csv-stringify';
import type { ProvenBreak } from '../flows/list-breaks.js';

const COLUMNS = [
  'break', 'kind', 'status', 'account', 'date', 'type', 'order', 'payment', 'alipay id', 'ours', 'ours currency', 'theirs', 'theirs currency',
  'amount at risk', 'currency at risk', 'opened at', 'resolved at', 'file sha256', 'file line', 'raw line', 'event',
] as const;

/** What makes a spreadsheet take a text for a formula. Source: OWASP, CSV injection. */
const FORMULA = /^[=+\-@\t\r]/;

/** For people and spreadsheets: amounts in the major unit with the currency's digits. */
export function breaksCsv(breaks: AsyncIterable<ProvenBreak>): Readable {
  return Readable.from(rows(breaks)).pipe(stringify({ header: true, columns: [...COLUMNS] }));
}

async function* rows(breaks: AsyncIterable<ProvenBreak>): AsyncGenerator<string[]> {
  for await (const each of breaks) yield toRow(each);
}

/** Amounts are ours and may begin with a minus; every text could be somebody else's. */
function toRow(each: ProvenBreak): string[] {
  const { ours, theirs, amountAtRisk, file } = each;
  return [
    ...[each.id, each.kind, each.status, each.accountId, each.date, each.type, orderOf(each), each.paymentId, each.alipayId].map(text),
    ...money(ours), ...money(theirs), ...money(amountAtRisk),
    each.openedAt.toISOString(), each.resolvedAt?.toISOString() ?? '',
    ...[each.fileSha256, file === null ? null : String(file.line), file?.raw ?? null, each.eventId].map(text),
  ];
}

function orderOf({ orderKey }: ProvenBreak): string | null {
  return orderKey === null ? null : orderKey.slice(orderKey.indexOf(':') + 1);
}

function money(amount: Money | null): [string, string] {
  return amount === null ? ['', ''] : [toMajorText(amount), amount.currency];
}

export function text(value: string | null): string {
  if (value === null) return '';
  return FORMULA.test(value) ? `'${value}` : value;
}
