import type { ListedItem } from '../core/listed.js';
import { fieldsOf, type ColumnKind, type ColumnValue } from './binary-rows.js';
import type { UnreadItems } from './items-intake.js';
import { classify, orderKeyOf, whose, type LineClass, type Ours } from './line-class.js';

/** The same in all rows of a file. */
export const FILE_COLUMNS = { business_date: 'date', file_id: 'uuid', account_id: 'text' } as const satisfies Record<string, ColumnKind>;
const PLACE_COLUMNS = { line: 'int4', at: 'int8', raw: 'text' } as const satisfies Record<string, ColumnKind>;
/** Where a row stands. */
export const PLACE_COUNT = Object.keys(PLACE_COLUMNS).length;
/** What the rows of both reports have in their tables beside that of their file, in the order in which it is written: first where they stand, then what they say. */
export const ITEM_COLUMNS = {
  ...PLACE_COLUMNS, class: 'text', type: 'text', alipay_id: 'text', original_id: 'text', request_id: 'text', order_key: 'text', store_id: 'text', currency: 'text', amount_minor: 'int8', paid_at: 'timestamptz',
} as const satisfies Record<string, ColumnKind>;

export function fileValues({ id, account, date }: UnreadItems): readonly ColumnValue[] {
  return [date, id, account.accountId];
}

/** The same as they are written. */
export function fileFields(file: UnreadItems): Uint8Array {
  return fieldsOf(Object.values(FILE_COLUMNS), fileValues(file));
}

/** @param status null where all rows came about */
export function classOf(item: ListedItem, status: string | null, ours: Ours): LineClass {
  return classify({ ...item, status, names: whose(item.reference, ours) }, ours);
}

export function itemValues(item: ListedItem, lineClass: LineClass, ours: Ours): readonly ColumnValue[] {
  const { line, type, alipayId, originalAlipayId, requestId, reference, storeId, amount, paidAt, at } = item;
  return [line, at, at === null ? item.raw : null, lineClass, type, alipayId, originalAlipayId, requestId, orderKeyOf(reference, ours), storeId, amount.currency, amount.minor, paidAt];
}

export function copyInto({ table, columns }: { readonly table: string; readonly columns: Readonly<Record<string, ColumnKind>> }): string {
  return `copy ${table} (${Object.keys(columns).join(', ')}) from stdin (format binary)`;
}
