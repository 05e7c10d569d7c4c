import { keyOf, sumOfRow, type BatchSum } from './batch-sums.js';
import { addUp, differences, emptyFigures, type FigureDiffers } from './figures.js';
import type { SummaryRow } from './listed.js';

const TOTAL = 'TOTAL';
/** A correction that belongs to no type, and to no item. */
const CORRECTION = 'DEFAULT';

/** What is wrong with a summary in itself. */
export type SummaryFault =
  | { readonly kind: 'TotalMissing'; readonly batchId: string }
  | { readonly kind: 'TypeRepeated'; readonly batchId: string; readonly type: string; readonly lines: readonly number[] }
  | { readonly kind: 'TotalDiffers'; readonly batchId: string; readonly line: number; readonly differs: readonly FigureDiffers[] };

/** How the items of a batch and its summary disagree. Ours is what the items come to. */
export interface ItemsDiffer {
  readonly batchId: string;
  readonly type: string;
  readonly currency: string;
  /** Every figure, where one side has no such type at all. */
  readonly differs: readonly FigureDiffers[];
}

/** A batch has one row for each type and one for all of them together, wherever it stands. */
export function checkSummary(rows: readonly SummaryRow[]): SummaryFault[] {
  const batches = Map.groupBy(rows, ({ batchId, net }) => `${batchId} ${net.currency}`);
  return [...batches.values()].flatMap((batch) => checkBatch(batch));
}

function checkBatch(rows: readonly SummaryRow[]): SummaryFault[] {
  const batchId = rows[0]?.batchId ?? '';
  const repeated = [...Map.groupBy(rows, ({ type }) => type)].filter(([, same]) => same.length > 1);
  if (repeated.length > 0) return repeated.map(([type, same]) => ({ kind: 'TypeRepeated', batchId, type, lines: same.map(({ line }) => line) }));
  const total = rows.find(({ type }) => type === TOTAL);
  if (total === undefined) return [{ kind: 'TotalMissing', batchId }];
  const sum = rows.filter(({ type }) => type !== TOTAL).map((row) => sumOfRow(row).figures).reduce(addUp, emptyFigures());
  const differs = differences(sum, sumOfRow(total).figures);
  return differs.length === 0 ? [] : [{ kind: 'TotalDiffers', batchId, line: total.line, differs }];
}

/** Items by type against the rows of the summary. A type that only one side has differs in all its figures. */
export function compareWithSummary(items: readonly BatchSum[], rows: readonly SummaryRow[]): ItemsDiffer[] {
  const ours = new Map(items.map((sum) => [keyOf(sum), sum]));
  const theirs = new Map(rows.filter(({ type }) => type !== TOTAL && type !== CORRECTION).map((row) => sumOfRow(row)).map((sum) => [keyOf(sum), sum]));
  return [...new Set([...ours.keys(), ...theirs.keys()])].sort().flatMap((key) => {
    const known = ours.get(key) ?? theirs.get(key);
    if (known === undefined) return [];
    const differs = differences(ours.get(key)?.figures ?? emptyFigures(), theirs.get(key)?.figures ?? emptyFigures());
    return differs.length === 0 ? [] : [{ batchId: known.batchId, type: known.type, currency: known.currency, differs }];
  });
}
