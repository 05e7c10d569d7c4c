import type { Currency } from '@scantill/kernel';
import { keyOf, sumOfRow, type BatchSum } from './batch-sums.js';
import { addUp, differences, emptyFigures, type FigureDiffers } from './figures.js';
import type { SummaryRow } from './listed.js';

export const TOTAL = 'TOTAL';
/** A correction that belongs to no type, and to no item. */
const CORRECTION = 'DEFAULT';

/** What is wrong with a summary in itself. */
export type SummaryFault =
  | { readonly kind: 'TotalMissing'; readonly batchId: string }
  | { readonly kind: 'TypeRepeated'; readonly batchId: string; readonly type: string; readonly lines: readonly number[] }
  | { readonly kind: 'TotalDiffers'; readonly batchId: string; readonly currency: Currency; readonly line: number; readonly differs: readonly FigureDiffers[] };

/** How the items of a batch and its summary disagree. Ours is what the items come to. */
export interface ItemsDiffer {
  readonly batchId: string;
  readonly type: string;
  readonly currency: Currency;
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
  return differs.length === 0 ? [] : [{ kind: 'TotalDiffers', batchId, currency: total.net.currency, line: total.line, differs }];
}

/** Items by type against the rows of the summary, of which each side may have several of a type: parts of a report add up. A type that only one side has differs in all its figures. */
export function compareSums(items: readonly BatchSum[], rows: readonly BatchSum[]): ItemsDiffer[] {
  const ours = byKey(items);
  const theirs = byKey(rows.filter(({ type }) => type !== TOTAL && type !== CORRECTION));
  return [...new Set([...ours.keys(), ...theirs.keys()])].sort().flatMap((key) => {
    const known = ours.get(key) ?? theirs.get(key);
    if (known === undefined) return [];
    const differs = differences(ours.get(key)?.figures ?? emptyFigures(), theirs.get(key)?.figures ?? emptyFigures());
    return differs.length === 0 ? [] : [{ batchId: known.batchId, type: known.type, currency: known.currency, differs }];
  });
}

function byKey(sums: readonly BatchSum[]): Map<string, BatchSum> {
  const all = new Map<string, BatchSum>();
  for (const sum of sums) all.set(keyOf(sum), { ...sum, figures: addUp(all.get(keyOf(sum))?.figures ?? emptyFigures(), sum.figures) });
  return all;
}
