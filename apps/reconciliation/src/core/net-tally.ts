import type { Currency } from '@scantill/kernel';
import type { SettlementItem } from './listed.js';
import { checkNet, isAccountEntry, type NetFault, type NetTerms } from './net.js';

export interface TallyTerms extends NetTerms {
  /** How far a batch may be off in all; roundings of many rows add up. */
  readonly batchToleranceMinor: bigint;
}

/** A row whose net amount is not what its parts come to. */
export interface NetFinding {
  readonly line: number;
  readonly alipayId: string;
  readonly fault: NetFault;
}

/** How far the rows of a batch that were checked are off together. */
export interface BatchDrift {
  readonly batchId: string;
  readonly currency: Currency;
  readonly driftMinor: bigint;
}

/** Enough to see what is wrong; `findingCount` counts all. */
export const FINDINGS_MAX = 1_000;
const DRIFTS_MAX = 10_000;

/** Checks the net amount of every settlement item of a file, and what stands out only in all of them together. */
export class NetTally {
  readonly findings: NetFinding[] = [];
  findingCount = 0;
  checkedCount = 0;
  private readonly drifts = new Map<string, BatchDrift>();
  private reversedCount = 0;

  constructor(private readonly terms: TallyTerms) {}

  add(item: SettlementItem): void {
    if (isAccountEntry(item, item)) return;
    this.checkedCount += 1;
    const exact = checkNet(item.amount, item, { ...this.terms, toleranceMinor: 0n });
    if (exact?.kind === 'NetDiffers') this.drift(item, exact.listed.minor - exact.expected.minor);
    const fault = exact && checkNet(item.amount, item, this.terms);
    if (fault === undefined) return;
    this.findingCount += 1;
    if (fault.kind === 'NetDiffers' && fault.fitsReversed) this.reversedCount += 1;
    if (this.findings.length < FINDINGS_MAX) this.findings.push({ line: item.line, alipayId: item.alipayId, fault });
  }

  /** Every row would be right if quotes were read the other way round: then the account is set wrongly, and no row is at fault. */
  get contradictsDirection(): boolean {
    return this.reversedCount > 0 && this.reversedCount === this.findingCount;
  }

  /** Batches whose rows are each within their tolerance, or not, and together beyond that of a batch. */
  get driftedBatches(): BatchDrift[] {
    return [...this.drifts.values()].filter(({ driftMinor }) => absolute(driftMinor) > this.terms.batchToleranceMinor);
  }

  private drift({ batchId, net: { currency } }: SettlementItem, minor: bigint): void {
    const key = `${batchId} ${currency}`;
    const known = this.drifts.get(key);
    if (known === undefined && this.drifts.size >= DRIFTS_MAX) return;
    this.drifts.set(key, { batchId, currency, driftMinor: (known?.driftMinor ?? 0n) + minor });
  }
}

function absolute(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}
