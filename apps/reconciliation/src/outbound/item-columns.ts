import type { ListedItem } from '../core/listed.js';
import type { ColumnKind, ColumnValue } from './binary-rows.js';
import type { UnreadItems } from './items-intake.js';
import { classify, orderKeyOf, whose } from './line-class.js';

/** What the rows of both reports have in their tables, in the order in which it is written. */
export const ITEM_COLUMNS = {
  business_date: 'date', file_id: 'uuid', line: 'int4', account_id: 'text', class: 'text', type: 'text', alipay_id: 'text', original_id: 'text', request_id: 'text', order_key: 'text', store_id: 'text', currency: 'text',
  amount_minor: 'int8', paid_at: 'timestamptz', at: 'int8', raw: 'text',
} as const satisfies Record<string, ColumnKind>;

export function itemValues(item: ListedItem, status: string | null, { id, account, date, ours }: UnreadItems): readonly ColumnValue[] {
  const { line, type, alipayId, originalAlipayId, requestId, reference, storeId, amount, paidAt, at } = item;
  const lineClass = classify({ ...item, status, names: whose(reference, ours) }, ours);
  return [date, id, line, account.accountId, lineClass, type, alipayId, originalAlipayId, requestId, orderKeyOf(reference, ours), storeId, amount.currency, amount.minor, paidAt, at, at === null ? item.raw : null];
}

export function copyInto(table: string, columns: Readonly<Record<string, ColumnKind>>): string {
  return `copy ${table} (${Object.keys(columns).join(', ')}) from stdin (format binary)`;
}
