/** Two hashes that share no mistake: each takes a word, multiplies by an odd number, and turns, so that no bit is lost. */
const [OTHER_BASIS, PRIME, OTHER_PRIME] = [0x9747b28c, 0x9e3779b1, 0x5bd1e995];
/** The last step of MurmurHash3: after it each bit depends on all. */
const [FINISH_ONE, FINISH_OTHER] = [0x85ebca6b, 0xc2b2ae35];
const TWO_TO_32 = 0x1_0000_0000;
const WORD = 4;

/** A checksum of 64 bits that rows of bytes give in any order, and in any number of files whose sums are added up. It tells mistakes and changes, no forgeries. */
export class RowSum {
  private low = 0;
  private high = 0;

  add(bytes: DataView, start: number, end: number): void {
    let [one, other] = [end - start, OTHER_BASIS];
    let at = start;
    for (; at + WORD <= end; at += WORD) {
      const word = bytes.getInt32(at, true);
      one = Math.imul(one ^ word, PRIME);
      one = (one << 13) | (one >>> 19);
      other = Math.imul(other ^ word, OTHER_PRIME);
      other = (other << 17) | (other >>> 15);
    }
    for (; at < end; at += 1) {
      one = Math.imul(one ^ bytes.getUint8(at), PRIME);
      other = Math.imul(other ^ bytes.getUint8(at), OTHER_PRIME);
    }
    const low = this.low + (finished(one ^ (other >>> 16)) >>> 0);
    const carried = low < TWO_TO_32 ? 0 : 1;
    this.low = low >>> 0;
    this.high = (this.high + finished(other ^ (one >>> 16)) + carried) >>> 0;
  }

  get value(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }
}

function finished(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), FINISH_ONE);
  const whole = Math.imul(half ^ (half >>> 13), FINISH_OTHER);
  return whole ^ (whole >>> 16);
}
