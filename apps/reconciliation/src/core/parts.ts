/** Alipay numbers the files of a long day or batch from 0 to at most 999. */
const PARTS_MAX = 1_000;

/** The parts that must be there before the highest one makes sense; none where they are complete as far as anyone can tell. */
export function missingParts(sequences: readonly number[]): number[] {
  const there = new Set(sequences);
  const highest = Math.min(Math.max(-1, ...sequences), PARTS_MAX - 1);
  return Array.from({ length: highest + 1 }, (_, sequence) => sequence).filter((sequence) => !there.has(sequence));
}
