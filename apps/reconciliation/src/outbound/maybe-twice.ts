import type { FileGeneration } from '@scantill/alipay';
import type { ListedItem } from '../core/listed.js';

/** More of them, and all rows are looked at instead. */
const IDS_MAX = 10_000;
const ID_BYTES_MAX = 64;

/**
 * The ids of a file that may be in it twice. Alipay's files come in the order of their ids, and an id that lies beyond all before it, of its type, is new:
 * what remains is what stands out of order, and what was not looked at in the order of the file.
 */
export class MaybeTwice {
  private readonly furthest = new Map<string, { readonly bytes: Uint8Array; length: number }>();
  private readonly found = new Set<string>();

  /** Null where they are too many to be told. */
  get ids(): readonly string[] | null {
    return this.found.size > IDS_MAX ? null : [...this.found];
  }

  /** In the order of the file. @param end at most 64 bytes behind the start */
  see(type: string, bytes: Uint8Array, start: number, end: number): void {
    const furthest = this.furthest.get(type) ?? { bytes: Buffer.alloc(ID_BYTES_MAX), length: 0 };
    if (!isBeyond(furthest, bytes, start, end)) return this.add(Buffer.from(bytes.subarray(start, end)).toString());
    for (let at = start; at < end; at += 1) furthest.bytes[at - start] = bytes[at]!;
    if (furthest.length === 0) this.furthest.set(type, furthest);
    furthest.length = end - start;
  }

  /** The same of a row that was read cell by cell. */
  seeItem({ type, alipayId }: Pick<ListedItem, 'type' | 'alipayId'>, generation: FileGeneration): void {
    const bytes = Buffer.from(alipayId);
    if (isUnderPayment(generation, type) || bytes.length > ID_BYTES_MAX) this.add(alipayId);
    else this.see(type, bytes, 0, bytes.length);
  }

  /** In any order. */
  add(id: string): void {
    if (this.found.size <= IDS_MAX) this.found.add(id);
  }
}

/** Refunds of generation C carry the id of their payment, and two of them may be one that our request's id tells. */
export function isUnderPayment(generation: FileGeneration, type: string): boolean {
  return generation === 'C' && type !== 'PAYMENT';
}

function isBeyond({ bytes: furthest, length }: { readonly bytes: Uint8Array; readonly length: number }, bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = 0; at < length && start + at < end; at += 1) {
    const difference = bytes[start + at]! - furthest[at]!;
    if (difference !== 0) return difference > 0;
  }
  return end - start > length;
}
