import { describe, expect, it } from '@jest/globals';
import type { RefundId } from '@scantill/kernel';
import fc from 'fast-check';
import { AlipayModel, contradiction } from '../../test/alipay-model.js';
import { at, bill, cancelAnswered, cancelSent, CODE_SECONDS, PAYMENT_ID, payUnknown, REFUND_ID, tell } from '../../test/payments.js';
import type { PaymentInput, StatusReport } from './decide-payment.js';
import { nextCall, nextLook } from './next-call.js';
import { expiryOf, hasEnded, PAYS_MAX, type Payment } from './payment.js';
import type { RefundAnswer } from './refund.js';

/** Taken from SEED, so that a failure can be repeated; it is printed with every failure. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
fc.configureGlobal({ seed, numRuns: 600 });

/** What becomes of a call. `crash`: we die after it was sent, and look again when the lease is over. `late`: a request that arrives after a while. */
type Fate = 'answered' | 'slow' | 'request-lost' | 'answer-lost' | 'crash-before' | 'crash-after' | 'late';

interface Day {
  readonly fates: readonly Fate[];
  readonly customer: { readonly act: 'pays' | 'declines'; readonly seconds: number } | null;
  readonly tillGivesUpSeconds: number | null;
  /** After how many seconds each notification comes; none when all are lost. */
  readonly notifiedAfterSeconds: readonly number[];
  /** We were down until then. */
  readonly startSeconds: number;
  /** Until then a cancel gives paid money back. */
  readonly cancelSeconds: number;
  /** When a wallet that took the money in time says so at last. */
  readonly lateSeconds: number | null;
}

const fates = fc.constantFrom<Fate[]>('answered', 'answered', 'slow', 'request-lost', 'answer-lost', 'crash-before', 'crash-after', 'late');
const days: fc.Arbitrary<Day> = fc.record({
  fates: fc.array(fates, { maxLength: 25 }),
  customer: fc.option(fc.record({ act: fc.constantFrom('pays' as const, 'pays' as const, 'declines' as const), seconds: fc.integer({ min: 1, max: CODE_SECONDS + 30 }) })),
  tillGivesUpSeconds: fc.option(fc.integer({ min: 0, max: CODE_SECONDS + 30 })),
  notifiedAfterSeconds: fc.array(fc.integer({ min: 0, max: 1_800 }), { maxLength: 3 }),
  startSeconds: fc.constantFrom(0, 0, 0, 30, 90),
  cancelSeconds: fc.constantFrom(20, CODE_SECONDS, 100_000, 100_000),
  lateSeconds: fc.option(fc.integer({ min: CODE_SECONDS, max: 3_000 })),
});

const TIMEOUT_SECONDS = 10;
const LEASE_SECONDS = 30;
const NEXT_DAY_SECONDS = 86_400;
const STEPS_MAX = 5_000;

/** One payment from request to end, driven as the worker drives it: at most one call under way, results through the same decisions. */
class Collecting {
  readonly alipay: AlipayModel;
  payment: Payment = tell([{ kind: 'request', id: PAYMENT_ID, bill, now: at(0) }]).payment;
  pays = 0;
  nowSeconds: number;
  private readonly queue: { readonly seconds: number; readonly act: () => void }[] = [];
  private isCalling = false;
  private lookSeconds: number | undefined;
  private readonly fates: Fate[];

  constructor(private readonly day: Day) {
    this.alipay = new AlipayModel(at(day.cancelSeconds));
    this.fates = [...day.fates];
    this.nowSeconds = day.startSeconds;
    this.lookSeconds = day.startSeconds;
    const { customer, tillGivesUpSeconds, lateSeconds } = day;
    if (customer !== null) this.later(customer.seconds, () => this.notify(this.alipay.customer(customer.act, this.now)));
    if (lateSeconds !== null) this.later(lateSeconds, () => this.notify(this.alipay.reportLate(this.now)));
    if (lateSeconds !== null) this.later(NEXT_DAY_SECONDS, () => this.readFile());
    if (tillGivesUpSeconds !== null) this.later(tillGivesUpSeconds, () => this.apply({ kind: 'close', cause: 'order-cancelled' }));
  }

  get now(): Date {
    return at(this.nowSeconds);
  }

  /** Until nothing is left to happen. */
  run(): void {
    for (let step = 0; step < STEPS_MAX; step += 1) {
      this.queue.sort((a, b) => a.seconds - b.seconds);
      const next = this.queue[0];
      const look = this.isCalling ? undefined : this.lookSeconds;
      if (look !== undefined && (next === undefined || look <= next.seconds)) {
        this.nowSeconds = Math.max(this.nowSeconds, look);
        this.look();
      } else if (next !== undefined) {
        this.queue.shift();
        this.nowSeconds = Math.max(this.nowSeconds, next.seconds);
        next.act();
      } else return;
    }
    throw new Error(`still ${this.payment.status} after ${STEPS_MAX} steps`);
  }

  private look(): void {
    const call = nextCall(this.payment, this.now);
    switch (call.kind) {
      case 'pay': return this.pay();
      case 'inquire': return this.call(() => this.report(this.alipay.inquire(this.now), 'inquiry'), this.report({ kind: 'unknown' }, 'inquiry'));
      case 'cancel': {
        this.apply(cancelSent);
        return this.cancel();
      }
      case 'give-back-cancel': return this.cancel();
      case 'refund': return this.refund(call.refund.id, () => this.alipay.refund(this.now));
      case 'inquire-refund': return this.refund(call.refund.id, () => this.alipay.inquireRefund());
      case 'start-closing': return this.apply({ kind: 'close', cause: call.cause });
      case 'start-give-back-refund': return this.apply({ kind: 'give-back', id: REFUND_ID, now: this.now });
      case 'expire-before-pay': return this.apply({ kind: 'too-late' });
      case 'nothing': this.lookSeconds = undefined;
    }
  }

  private pay(): void {
    this.apply({ kind: 'pay-sent', now: this.now });
    this.pays += 1;
    const expiresAt = expiryOf(this.payment);
    this.call(() => this.alipay.pay(expiresAt, this.now), payUnknown);
  }

  private cancel(): void {
    this.call(() => cancelAnswered(this.alipay.cancel(this.now), this.now), cancelAnswered('unknown', this.now));
  }

  private refund(id: RefundId, ask: () => RefundAnswer): void {
    const answered = (answer: RefundAnswer): PaymentInput => ({ kind: 'refund-answered', id, answer, now: this.now });
    this.call(() => answered(ask()), answered({ kind: 'unknown' }));
  }

  /** The request has its effect at once or late, the answer comes after a while or never. */
  private call(ask: () => PaymentInput, unknown: PaymentInput): void {
    this.isCalling = true;
    const fate = this.fates.shift() ?? 'answered';
    if (fate === 'late') this.later(TIMEOUT_SECONDS + 3, ask);
    const answer = fate === 'request-lost' || fate === 'crash-before' || fate === 'late' ? unknown : ask();
    const isCrash = fate === 'crash-before' || fate === 'crash-after';
    const seconds = fate === 'answered' ? 0.2 : fate === 'slow' ? 8 : isCrash ? LEASE_SECONDS : TIMEOUT_SECONDS;
    this.later(seconds, () => {
      this.isCalling = false;
      if (isCrash) this.lookSeconds = this.nowSeconds;
      else this.apply(fate === 'answered' || fate === 'slow' ? answer : unknown);
    });
  }

  /** The next day Alipay lists what it holds; what we do not know is asked about, and by then Alipay answers. */
  private readFile(): void {
    this.fates.length = 0;
    if (this.alipay.holdsMoney && this.payment.status !== 'succeeded') this.apply({ kind: 'operate', action: 'inquire' });
  }

  private notify(verdict: StatusReport['verdict'] | undefined): void {
    if (verdict !== undefined) for (const seconds of this.day.notifiedAfterSeconds) this.later(seconds, () => this.apply(this.report(verdict, 'notification')));
  }

  private report(verdict: StatusReport['verdict'], source: StatusReport['source']): PaymentInput {
    return { kind: 'report', report: { source, receivedAt: this.now, verdict } };
  }

  private apply(input: PaymentInput): void {
    this.payment = tell([input], this.payment).payment;
    const look = nextLook(this.payment, this.now);
    this.lookSeconds = look === undefined ? undefined : (look.getTime() - at(0).getTime()) / 1_000;
  }

  private later(seconds: number, act: () => void): void {
    this.queue.push({ seconds: this.nowSeconds + seconds, act });
  }
}

describe(`a payment through lost calls, crashes, late notifications and cancels (SEED=${seed})`, () => {
  it('ends, asks for a code a bounded number of times, and agrees with Alipay about the money', () => {
    fc.assert(fc.property(days, (day) => {
      const collecting = new Collecting(day);
      collecting.run();
      expect(hasEnded(collecting.payment)).toBe(true);
      expect(collecting.pays).toBeLessThanOrEqual(PAYS_MAX);
      expect(contradiction(collecting.payment, collecting.alipay, collecting.now)).toBeUndefined();
    }));
  });

  it('gives late money back by itself, whether the window is open or not', () => {
    const heard = fc.record({ notifiedAfterSeconds: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 3 }), cancelSeconds: fc.constantFrom(0, 100_000), fates: fc.array(fates, { maxLength: 12 }) });
    fc.assert(fc.property(heard, (part) => {
      const collecting = new Collecting({ ...part, customer: null, tillGivesUpSeconds: null, startSeconds: 0, lateSeconds: 3_000 });
      collecting.run();
      expect({ holdsMoney: collecting.alipay.holdsMoney, attention: collecting.payment.attention }).toEqual({ holdsMoney: false, attention: null });
    }));
  });

  it('is succeeded when the customer paid, nobody gave up and Alipay answers', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: CODE_SECONDS - 1 }), (seconds) => {
      const collecting = new Collecting({ fates: [], customer: { act: 'pays', seconds }, tillGivesUpSeconds: null, notifiedAfterSeconds: [], startSeconds: 0, cancelSeconds: 100_000, lateSeconds: null });
      collecting.run();
      expect(collecting.payment.status).toBe('succeeded');
    }));
  });
});
