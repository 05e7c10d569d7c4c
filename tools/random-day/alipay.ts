import { money, sameMoney, type Money } from '@scantill/kernel';
import type { Chance } from '../crash/chance.ts';
import { canBePaid, isCancelWindowOver, refundedMinor, type PaymentRecord, type RefundRecord } from './alipay-books.ts';
import type { Clockwork } from './clockwork.ts';
import type { Answered, Line } from './line.ts';

export interface PayRequest {
  readonly requestId: string;
  readonly orderKey: string;
  readonly amount: Money;
  readonly expiresMs: number;
}

export type PayAnswer = Answered & { readonly form?: { readonly paymentId: string; readonly expiresMs: number } };
export type InquiryAnswer = Answered & { readonly payment?: Readonly<PaymentRecord> };
export type RefundAnswered = Answered & { readonly refund?: Readonly<RefundRecord> };

/** Refused for good: no code exists and none will under this id. */
const REFUSALS = ['RISK_REJECT', 'USER_STATUS_ABNORMAL', 'PROCESS_FAIL', 'PAYMENT_AMOUNT_EXCEED_LIMIT'] as const;
const REFUND_REFUSALS = ['MERCHANT_BALANCE_NOT_ENOUGH', 'PARTIAL_REFUND_NOT_SUPPORTED'] as const;
const ok = { status: 'S', code: 'SUCCESS' } as const;

function refuse(code: string): Answered {
  return { status: 'F', code };
}

/** Alipay as its documents describe it: its books, its windows, its idempotency. Its moods are the line's. */
export class Alipay {
  readonly books = new Map<string, PaymentRecord>();
  private readonly refused = new Map<string, Answered>();
  private ids = 0;
  private readonly parts: {
    readonly clockwork: Clockwork; readonly chance: Chance; readonly line: Line;
    /** Every payment that ends paid or failed is notified. */
    readonly notify: (record: PaymentRecord) => void;
    /** Seen by the checks before anybody else can act on it. */
    readonly onChange: (record: PaymentRecord) => void;
  };

  constructor(parts: Alipay['parts']) {
    this.parts = parts;
  }

  pay({ requestId, orderKey, amount, expiresMs }: PayRequest): PayAnswer {
    const known = this.find(requestId);
    if (known !== undefined) return sameMoney(known.amount, amount) || known.status !== 'PROCESSING' ? this.payAgain(known) : refuse('REPEAT_REQ_INCONSISTENT');
    const { clockwork, chance, line } = this.parts;
    if (clockwork.nowMs >= expiresMs) return refuse('PARAM_ILLEGAL');
    const before = this.refused.get(requestId);
    if (before !== undefined) return before;
    if (line.isWild && chance.next() < 0.03) {
      const refusal = refuse(chance.pick(REFUSALS));
      this.refused.set(requestId, refusal);
      return refusal;
    }
    const record: PaymentRecord = { requestId, orderKey, amount, expiresMs, paymentId: `A${this.ids++}`, createdMs: clockwork.nowMs, refunds: [], status: 'PROCESSING', resultCode: 'PAYMENT_IN_PROCESS', paidMs: null, isLate: false };
    this.books.set(requestId, record);
    this.parts.onChange(record);
    return this.payAgain(record);
  }

  /** The first result, as often as it is asked for. */
  private payAgain(record: PaymentRecord): PayAnswer {
    if (record.status === 'CANCELLED') return refuse('ORDER_IS_CANCELED');
    if (record.status === 'FAIL') return refuse(record.resultCode);
    const isInProcess = this.parts.line.isWild && this.parts.chance.next() < 0.02;
    return { ...(isInProcess ? { status: 'U', code: 'PAYMENT_IN_PROCESS' } : ok), form: { paymentId: record.paymentId, expiresMs: record.expiresMs } };
  }

  inquire(requestId: string): InquiryAnswer {
    const record = this.find(requestId);
    return record === undefined ? refuse('ORDER_NOT_EXIST') : { ...ok, payment: { ...record } };
  }

  cancel(requestId: string): Answered {
    const record = this.find(requestId);
    if (record === undefined) return refuse('ORDER_NOT_EXIST');
    if (record.status === 'CANCELLED') return ok;
    if (record.status === 'FAIL' || record.refunds.some(({ status }) => status !== 'FAIL')) return refuse('ORDER_STATUS_INVALID');
    if (record.status === 'SUCCESS' && isCancelWindowOver(record, this.parts.clockwork.nowMs)) return refuse('CANCEL_WINDOW_EXCEED');
    record.status = 'CANCELLED';
    this.parts.onChange(record);
    return ok;
  }

  refund(paymentId: string, requestId: string, amount: Money): RefundAnswered {
    const record = [...this.books.values()].find((each) => each.paymentId === paymentId);
    if (record === undefined) return refuse('ORDER_NOT_EXIST');
    const known = record.refunds.find((each) => each.requestId === requestId);
    if (known !== undefined) return sameMoney(known.amount, amount) ? this.refundAnswer(known) : refuse('REPEAT_REQ_INCONSISTENT');
    if (record.status === 'CANCELLED') return refuse('ORDER_IS_CANCELED');
    if (record.status !== 'SUCCESS') return refuse('ORDER_STATUS_INVALID');
    if (refundedMinor(record) + amount.minor > record.amount.minor) return refuse('REFUND_AMOUNT_EXCEED');
    const { clockwork, chance, line } = this.parts;
    const before = this.refused.get(requestId);
    if (before !== undefined) return before;
    if (line.isWild && chance.next() < 0.05) {
      this.refused.set(requestId, refuse(chance.pick(REFUND_REFUSALS)));
      return this.refused.get(requestId)!;
    }
    const isAsynchronous = line.isWild && chance.next() < 0.2;
    const refund: RefundRecord = { requestId, refundId: `B${this.ids++}`, amount, status: isAsynchronous ? 'PROCESSING' : 'SUCCESS', endedMs: clockwork.nowMs, isReversed: false };
    record.refunds.push(refund);
    if (isAsynchronous) clockwork.after(chance.between(1_000, 900_000), () => this.endRefund(record, refund));
    this.parts.onChange(record);
    return this.refundAnswer(refund);
  }

  private endRefund(record: PaymentRecord, refund: RefundRecord): void {
    refund.status = this.parts.chance.next() < 0.8 ? 'SUCCESS' : 'FAIL';
    refund.endedMs = this.parts.clockwork.nowMs;
    this.parts.onChange(record);
  }

  private refundAnswer(refund: RefundRecord): RefundAnswered {
    if (refund.status === 'PROCESSING') return { status: 'U', code: 'REFUND_IN_PROCESS' };
    return refund.status === 'FAIL' ? refuse('PROCESS_FAIL') : { ...ok, refund: { ...refund } };
  }

  inquireRefund(requestId: string): RefundAnswered {
    for (const { refunds } of this.books.values()) {
      const refund = refunds.find((each) => each.requestId === requestId);
      if (refund !== undefined) return { ...ok, refund: { ...refund } };
    }
    return refuse('REFUND_NOT_EXIST');
  }

  /** What a wallet does with a scanned code. `late`: it took the money in time and says so only now. */
  settle(requestId: string, act: 'pays' | 'declines' | 'late', taken?: bigint): void {
    const record = this.find(requestId);
    const { nowMs } = this.parts.clockwork;
    const isPossible = record !== undefined && (canBePaid(record, nowMs) || (act === 'late' && record.status === 'FAIL' && record.resultCode === 'ORDER_IS_CLOSED'));
    if (record === undefined || !isPossible) return;
    record.isLate = record.status === 'FAIL';
    record.status = act === 'declines' ? 'FAIL' : 'SUCCESS';
    record.resultCode = act === 'declines' ? 'USER_BALANCE_NOT_ENOUGH' : 'SUCCESS';
    if (record.status === 'SUCCESS') record.paidMs = nowMs;
    if (taken !== undefined) record.amount = money(record.amount.currency, taken);
    this.parts.onChange(record);
    this.parts.notify(record);
  }

  /** A code that ran out unpaid closes by itself. */
  private find(requestId: string): PaymentRecord | undefined {
    const record = this.books.get(requestId);
    if (record?.status === 'PROCESSING' && this.parts.clockwork.nowMs >= record.expiresMs) {
      record.status = 'FAIL';
      record.resultCode = 'ORDER_IS_CLOSED';
    }
    return record;
  }
}
