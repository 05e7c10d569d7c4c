import { createReadStream } from 'node:fs';
import { generationOf } from '@scantill/alipay';
import { businessDate, err, money, ok, type Money, type Result } from '@scantill/kernel';
import { SUMS_MAX } from '../core/batch-sums.js';
import { FAULTS_MAX, type RowFault } from '../core/item-table.js';
import { strangeCurrencies, type SummaryRow } from '../core/listed.js';
import { checkSummary, TOTAL, type SummaryFault } from '../core/summary.js';
import type { Bulk } from './bulk.js';
import type { FileOfDay, Intake, Staged, TakenFile, UnreadReport } from './intake.js';
import { ReportReader, type ReportRefused } from './report-reader.js';
import { storableText } from './storable-text.js';
import { readXlsx, type XlsxRefused } from './xlsx.js';

export type SummaryRefused =
  | ReportRefused
  | XlsxRefused
  | { readonly kind: 'BadRows'; readonly faults: readonly RowFault[]; readonly count: number }
  | { readonly kind: 'TooManyRows'; readonly rowsMax: number }
  | { readonly kind: 'SummaryDiffers'; readonly faults: readonly SummaryFault[] };

/** A batch has a row for each type that it contains. */
const ROWS_MAX = SUMS_MAX;

const COLUMNS = 'line, batch_id, type, settled_at, currency, count, net_minor, coupon_minor, fees, raw';
const STAGING = `create temp table staged_summary (line int not null, batch_id text not null, type text not null, settled_at timestamptz not null, currency text not null, count int not null,
  net_minor bigint not null, coupon_minor bigint not null, fees jsonb not null, raw text not null) on commit drop`;
const STAGE = `insert into staged_summary (${COLUMNS}) select ${COLUMNS} from json_to_recordset($1::json)
  as x(line int, batch_id text, type text, settled_at timestamptz, currency text, count int, net_minor bigint, coupon_minor bigint, fees jsonb, raw text)`;
const KEEP = `insert into summary_rows (file_id, account_id, ${COLUMNS}) select $1, $2, ${COLUMNS} from staged_summary order by line`;

/** Fees may come to be known; what is paid out may not change. */
const COMPLETES = `select not exists (select from summary_rows o where o.file_id = $1 and not exists (select from staged_summary s
    where (s.batch_id, s.type, s.currency, s.count, s.net_minor, s.coupon_minor) = (o.batch_id, o.type, o.currency, o.count, o.net_minor, o.coupon_minor) and s.fees @> o.fees)) as completes`;

/** Alipay's settlement summaries, as text or as a workbook. They are small: all of one is in memory. */
export class SummaryRows implements Intake<UnreadReport, SummaryRefused> {
  async stage(bulk: Bulk, { path, format, unit }: UnreadReport, read: (rows: number) => void): Promise<Result<Staged, SummaryRefused>> {
    const reader = new ReportReader('settlementSummary', unit);
    const found = await rowsOf(reader, path, format);
    if (!found.ok) return found;
    const rows = found.value;
    const strange = rows.flatMap((row) => strangeFault(row));
    const faults = [...reader.faults, ...strange].sort((one, other) => one.line - other.line).slice(0, FAULTS_MAX);
    if (faults.length > 0) return err({ kind: 'BadRows', faults, count: reader.faultCount + strange.length });
    const differs = checkSummary(rows);
    if (differs.length > 0) return err({ kind: 'SummaryDiffers', faults: differs });
    read(rows.length);
    await bulk.query(STAGING);
    await bulk.query(STAGE, [JSON.stringify(rows.map((row) => toStagedRow(row)))]);
    const generation = generationOf(reader.columns);
    return ok({ lines: rows.length, totals: totalsOf(rows), generation, accountId: null, partOf: null, maybeTwice: null, figures: null, ...placeOf(rows) });
  }

  async completes(bulk: Bulk, other: FileOfDay): Promise<boolean> {
    const [answer] = await bulk.query<{ completes: boolean }>(COMPLETES, [other.id]);
    return answer?.completes ?? false;
  }

  async keep(bulk: Bulk, { id, accountId }: TakenFile): Promise<void> {
    await bulk.query(KEEP, [id, accountId]);
  }
}

async function rowsOf(reader: ReportReader<'settlementSummary'>, path: string, format: UnreadReport['format']): Promise<Result<SummaryRow[], SummaryRefused>> {
  const rows: SummaryRow[] = [];
  if (format === 'xlsx') {
    const read = await readXlsx(path, (records) => { if (rows.length <= ROWS_MAX) rows.push(...reader.take(records)); });
    if (!read.ok) return read;
  } else {
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
      rows.push(...reader.push(chunk));
      if (rows.length > ROWS_MAX) break;
    }
  }
  if (rows.length > ROWS_MAX) return err({ kind: 'TooManyRows', rowsMax: ROWS_MAX });
  const { items, refused } = reader.finish();
  return refused === undefined ? ok([...rows, ...items]) : err(refused);
}

/** Sums of another currency cannot be added to what is paid out. */
function strangeFault(row: SummaryRow): RowFault[] {
  const strange = strangeCurrencies({ ...row, fees: row.fees.filter(({ amount }) => amount.minor !== 0n) });
  return strange.length === 0 ? [] : [{ line: row.line, column: null, reason: `has amounts in ${strange.join(', ')} beside ${row.net.currency}, in which it is paid out` }];
}

function placeOf(rows: readonly SummaryRow[]): Pick<Staged, 'customerIds' | 'batchIds' | 'date'> {
  const [first] = rows.map(({ settledAt }) => businessDate(settledAt)).sort();
  return { customerIds: [...new Set(rows.map(({ customerId }) => customerId))].sort(), batchIds: [...new Set(rows.map(({ batchId }) => batchId))].sort(), date: first ?? null };
}

function totalsOf(rows: readonly SummaryRow[]): Money[] {
  const totals = Map.groupBy(rows.filter(({ type }) => type === TOTAL), ({ net }) => net.currency);
  return [...totals].sort(([one], [other]) => (one < other ? -1 : 1)).map(([currency, some]) => money(currency, some.reduce((sum, { net }) => sum + net.minor, 0n)));
}

/** A fee of nothing is the same as none. */
function toStagedRow({ line, batchId, type, settledAt, net, count, coupon, fees, raw }: SummaryRow) {
  const named = fees.filter(({ amount }) => amount.minor !== 0n).map(({ name, amount }) => [name, amount.minor.toString()]);
  return {
    line, batch_id: storableText(batchId), type, settled_at: settledAt, currency: net.currency, count, net_minor: net.minor.toString(), coupon_minor: (coupon?.minor ?? 0n).toString(),
    fees: Object.fromEntries(named) as Record<string, string>, raw: storableText(raw),
  };
}
