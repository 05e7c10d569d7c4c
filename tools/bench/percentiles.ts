export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** Nearest rank, to a tenth of a millisecond; nothing when there is nothing to rank. */
export function percentiles(ms: readonly number[]): Percentiles | null {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number): number => toTenths(sorted[Math.floor(sorted.length * share)] ?? 0);
  return sorted.length === 0 ? null : { p50: at(0.5), p99: at(0.99) };
}

export function toTenths(value: number): number {
  return Math.round(value * 10) / 10;
}
