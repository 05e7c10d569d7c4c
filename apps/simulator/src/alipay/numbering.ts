import { dayOf, dayText } from '../time.js';

const SEQUENCE_DIGITS = 9;
const SEQUENCES = 10 ** SEQUENCE_DIGITS;
const NUMBER_DIGITS = 15;
/** Two check digits, so that a mistyped code is unknown instead of somebody else's. */
const CHECK_MODULUS = 97;
const PAYMENT_INFIX = '114010800100';
const REFUND_INFIX = '114010801300';
const CODE_PREFIX = '28';
const CODE = /^28\d{17}$/;

/**
 * Ids, refund ids and codes are computed from a running number, not stored. The book number, drawn once per ledger, keeps the ids of
 * a new ledger apart from those of one that was thrown away while others still remember it.
 */
export class Numbering {
  /** @param book 1–999,999 */
  constructor(private readonly book: number) {}

  /** 35 digits that begin with the day, as in Alipay's samples. */
  paymentId(number: number, issuedAt: number): string {
    return this.id(PAYMENT_INFIX, number, issuedAt);
  }

  refundId(number: number, acceptedAt: number): string {
    return this.id(REFUND_INFIX, number, acceptedAt);
  }

  /** The running number in either kind of id. The caller compares the whole id, since this reads no more than the end of it. */
  numberOfId(id: string): number | undefined {
    return this.sequence(id.slice(-NUMBER_DIGITS));
  }

  /** `28` and 17 digits: what stands behind the last slash of the QR code's URL. */
  code(number: number): string {
    const full = this.full(number);
    return CODE_PREFIX + String(full).padStart(NUMBER_DIGITS, '0') + String(full % CHECK_MODULUS).padStart(2, '0');
  }

  numberOfCode(code: string): number | undefined {
    const number = CODE.test(code) ? this.sequence(code.slice(CODE_PREFIX.length, -2)) : undefined;
    return number !== undefined && this.code(number) === code ? number : undefined;
  }

  private id(infix: string, number: number, at: number): string {
    return dayText(dayOf(at)).replaceAll('-', '') + infix + String(this.full(number)).padStart(NUMBER_DIGITS, '0');
  }

  private full(number: number): number {
    return this.book * SEQUENCES + number;
  }

  private sequence(digits: string): number | undefined {
    const full = Number(digits);
    return Math.floor(full / SEQUENCES) === this.book ? full % SEQUENCES : undefined;
  }
}

/** The code in what a camera reads, whatever host it names: the simulator may have moved to another port since. */
export function codeInUrl(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}
