import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { END_MARKER, generationOf, parseTransactionItemsFileName, TRANSACTION_ITEMS_REQUIRED, type FileGeneration } from '@scantill/alipay';
import { currencies, err, money, ok, type Money, type Result } from '@scantill/kernel';
import { FAULTS_MAX, TableReader, type Row, type RowFault, type TableRefused } from '../core/item-table.js';
import type { Bulk } from './bulk.js';

/** Which part of which day a file is, by its name. */
export interface FilePart {
  readonly date: string;
  readonly sequence: number;
}

/** What is in the staging table. */
export interface StagedItems {
  readonly lines: number;
  readonly customerIds: readonly string[];
  readonly totals: readonly Money[];
}

export type ItemsRefused =
  | TableRefused
  | { readonly kind: 'GenerationNotRead'; readonly generation: FileGeneration }
  | { readonly kind: 'BadRows'; readonly faults: readonly RowFault[]; readonly count: number };

const OPTIONAL = ['referenceTransactionId'];
/** Order of `TRANSACTION_ITEMS_REQUIRED`, then of `OPTIONAL`. */
const STAGED_COLUMNS = ['customer_id', 'alipay_id', 'request_id', 'type', 'paid_at', 'amount', 'currency', 'reference'] as const;
const READ_BYTES = 256 * 1024;
/** A file belongs to one account. */
const CUSTOMER_IDS_MAX = 5;

const STAGING = `create temp table staged (line int not null, ${STAGED_COLUMNS.map((name) => `${name} text not null`).join(', ')}, raw text not null) on commit drop`;

/** Cheap to see, and true of all rows of an honest file; only the others are looked at closely. */
const USUAL = `customer_id <> '' and length(alipay_id) between 1 and 64 and length(request_id) <= 64 and currency = any($2::text[])
  and rtrim(type, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ_') = '' and length(type) between 1 and 32
  and rtrim(amount, '0123456789') in ('', '-') and length(ltrim(amount, '-')) between 1 and 16
  and left(paid_at, 11) = $1 || 'T' and length(paid_at) = 25 and right(paid_at, 6) = '+08:00' and pg_input_is_valid(paid_at, 'timestamptz')`;

/**
 * What a row must look like before it is cast. Alipay leaves open which time refunds and cancels carry, so only payments must be of
 * the file's day. Amounts of generation A are whole smallest units.
 */
const FAULTS = `select line, f.name as "column", f.reason, count(*) over ()::int as "count" from (select * from staged where not (${USUAL})) s cross join lateral (values
    ('customerId', case when customer_id = '' then 'is empty' end),
    ('transactionId', case when alipay_id = '' then 'is empty' when length(alipay_id) > 64 then 'is longer than 64 characters' end),
    ('transactionRequestId', case when length(request_id) > 64 then 'is longer than 64 characters' end),
    ('transactionType', case when type !~ '^[A-Z_]{1,32}$' then 'is not a type in capital letters' end),
    ('paymentTime', case
      when paid_at !~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:?\\d\\d)$' or not pg_input_is_valid(paid_at, 'timestamptz') then 'is not a time with offset (ISO 8601)'
      when type = 'PAYMENT' and (paid_at::timestamptz at time zone interval '8 hours')::date <> $1::date
        then 'is on ' || (paid_at::timestamptz at time zone interval '8 hours')::date || ' in UTC+8, and the file is of ' || $1 end),
    ('transactionAmountValue', case when amount ~ '^-?\\d*\\.\\d*$' then 'has a decimal point; whole smallest units are expected'
      when amount !~ '^-?\\d{1,16}$' then 'is not a whole number of at most 16 digits' end),
    ('transactionCurrency', case when currency <> all($2::text[]) then 'is not a currency that we know' end)
  ) as f(name, reason) where f.reason is not null order by line, f.name limit ${FAULTS_MAX}`;

const TOTALS = `select currency, sum(amount::bigint)::bigint as minor from staged group by currency order by currency`;
const CUSTOMERS = `select distinct customer_id as id from staged order by customer_id limit ${CUSTOMER_IDS_MAX}`;

const KEEP = `insert into lines (file_id, line, account_id, type, alipay_id, request_id, order_key, currency, amount_minor, paid_at, raw)
  select $1, line, $2, type, alipay_id, request_id, case when starts_with(reference, $3 || '_') then $3 || ':' || substr(reference, length($3) + 2) end,
    currency, amount::bigint, paid_at::timestamptz, raw from staged order by line`;

/** Letters, digits and a few signs: nothing that leads to another folder, hides a file, or says something else on a screen. */
export function isFileName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_. ()-]*$/.test(name) && !name.includes('..');
}

/** Undefined when it is not the name of a transaction file, or of no day that there is. */
export function filePart(name: string): FilePart | undefined {
  const named = parseTransactionItemsFileName(name);
  const date = named?.date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3') ?? '';
  const at = new Date(`${date}T00:00:00Z`);
  return named === undefined || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== date ? undefined : { date, sequence: named.sequence };
}

/** Alipay's transaction file, generation A, on its way from the disk into the table of lines. */
export class TransactionItems {
  /** Fills the staging table and checks every row of it. The table ends with the transaction. @param read hears how many rows were read */
  async stage(bulk: Bulk, { path, date }: { readonly path: string; readonly date: string }, read: (rows: number) => void): Promise<Result<StagedItems, ItemsRefused>> {
    const reader = new TableReader({ required: TRANSACTION_ITEMS_REQUIRED, optional: OPTIONAL, endMarker: END_MARKER });
    await bulk.query(STAGING);
    const refused = await copyRows(bulk, path, reader, read);
    if (refused !== undefined) return err(refused);
    const generation = generationOf(reader.columns);
    // Generation C lists what did not succeed, too.
    if (generation === 'C') return err({ kind: 'GenerationNotRead', generation });
    const found = await bulk.query<RowFault & { readonly count: number }>(FAULTS, [date, currencies]);
    const faults = [...reader.faults, ...found.map(({ line, column, reason }) => ({ line, column, reason }))].sort((a, b) => a.line - b.line).slice(0, FAULTS_MAX);
    if (faults.length > 0) return err({ kind: 'BadRows', faults, count: reader.faultCount + (found[0]?.count ?? 0) });
    const totals = await bulk.query<{ currency: string; minor: bigint }>(TOTALS);
    const customers = await bulk.query<{ id: string }>(CUSTOMERS);
    return ok({ lines: reader.rowCount, customerIds: customers.map(({ id }) => id), totals: totals.map(({ currency, minor }) => money(currency, minor)) });
  }

  /** Staged rows become lines. Alipay knows an order as `<chain>_<order id>`. */
  async keep(bulk: Bulk, file: { readonly id: string; readonly accountId: string; readonly chainId: string }): Promise<void> {
    await bulk.query(KEEP, [file.id, file.accountId, file.chainId]);
  }
}

async function copyRows(bulk: Bulk, path: string, reader: TableReader, read: (rows: number) => void): Promise<TableRefused | undefined> {
  let refused: TableRefused | undefined;
  const toText = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      const rows = reader.push(chunk);
      read(rows.length);
      yield copyText(rows);
    }
    const last = reader.finish();
    refused = last.refused;
    read(last.rows.length);
    yield copyText(last.rows);
  };
  const target = bulk.copy(`copy staged (line, ${STAGED_COLUMNS.join(', ')}, raw) from stdin`);
  await pipeline(createReadStream(path, { highWaterMark: READ_BYTES }), toText, target);
  return refused;
}

/** PostgreSQL's text format: a line per row, a tab between columns, what would be mistaken for either escaped. */
function copyText(rows: readonly Row[]): string {
  return rows.map(({ line, values, raw }) => `${line}\t${[...values, raw].map(escaped).join('\t')}\n`).join('');
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const SPECIAL = /[\\\t\n\r]/;

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (char) => ESCAPES[char] ?? char) : text;
}
