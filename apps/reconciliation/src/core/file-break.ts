import type { BreakKind } from './break-kind.js';

export type Report = 'transaction-items' | 'settlement-items' | 'settlement-summary' | 'bank-statement';

/** One part of a report, whether it came or not: of a day, of a batch, of a statement. */
export interface ReportPart {
  readonly report: Report;
  /** The day, `<prefix>_<currency>_<batch id>`, or the statement's own id. */
  readonly partOf: string;
  readonly sequence: number;
}

/** Why a file was refused, as far as somebody has to see to it. Whatever else is wrong with a file, its sender was told. */
const KINDS: Readonly<Record<string, BreakKind>> = { 'part-missing': 'file-gap', 'end-missing': 'file-truncated', 'totals-differ': 'file-totals-differ' };

/** What ends once the part is there, in whatever way it failed to come before. */
export const ENDED_BY_PART: readonly BreakKind[] = Object.values(KINDS);

/** @param reason the stable one of a refusal. Undefined where a refusal is no break */
export function kindOfRefusal(reason: string): BreakKind | undefined {
  return Object.hasOwn(KINDS, reason) ? KINDS[reason] : undefined;
}

/** The same for every file that should be this part, so that the same trouble is the same break. */
export function partName({ report, partOf, sequence }: ReportPart): string {
  return `${report} ${partOf} ${sequence}`;
}

/** The file of a day that did not come; of settlements, the day of the pay-out is all that is known beforehand. */
export function missingPart(report: Report, date: string): ReportPart {
  return { report, partOf: report === 'transaction-items' ? date : `payout ${date}`, sequence: 0 };
}
