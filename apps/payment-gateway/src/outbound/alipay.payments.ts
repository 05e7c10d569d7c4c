import type { AlipayClient, AlipayOutcome, Exchange, Operation } from '@scantill/alipay';
import type { Log } from '@scantill/platform';
import type { Payment } from '../core/payment.js';
import type { PaymentInput } from '../core/decide-payment.js';
import type { Heard, Inquiry } from '../core/inquiry.js';
import type { Refund, RefundAnswer } from '../core/refund.js';
import { cancelCodes, inquiryPaymentCodes, inquiryRefundCodes, payCodes, refundCodes, treatmentOf, type Treatment } from '../core/result-codes.js';
import { expiryOf } from '../core/payment.js';
import { foundPayment, foundRefund, inquiryVerdict, toAmount, toCode, toHeard, toInstant, toMoney, toPayRequest } from './alipay-words.js';
import type { Circuits } from './circuits.js';

/** What a call came to, as evidence. */
interface Called {
  /** Undefined where no call was made. */
  readonly exchange?: Exchange;
  /** In one line, for the evidence. */
  readonly verdict: string;
}

/** And for the payment. */
export interface Answer extends Called {
  readonly input: PaymentInput;
}

/** And for whoever wonders about something that need not be ours. */
export interface WonderAnswer extends Called {
  readonly heard: Heard;
}

export interface AlipayPaymentsParts {
  readonly clientIds: ReadonlyMap<string, string>;
  readonly clients: ReadonlyMap<string, AlipayClient>;
  readonly circuits: Circuits;
  readonly notifyUrl: string;
  readonly log: Log;
  readonly now: () => Date;
}

const TABLES = { pay: payCodes, inquiryPayment: inquiryPaymentCodes, cancel: cancelCodes, refund: refundCodes, inquiryRefund: inquiryRefundCodes } as const satisfies Record<Operation, unknown>;
/** Alipay's clock and ours may differ by this much before somebody should look. */
const CLOCK_SKEW_MAX_MS = 5 * 60_000;

/** Whom a call is about. */
interface Asked {
  readonly accountId: string;
  readonly id: string;
}

/** Calls are made from our payment, and what comes back is told in our words. */
export class AlipayPayments {
  constructor(private readonly parts: AlipayPaymentsParts) {}

  /** False while Alipay does not answer this kind of call. */
  isAnswering(accountId: string, operation: Operation): boolean {
    return this.parts.circuits.isClosed(accountId, operation);
  }

  /** Whether to make such a call now; of calls to an Alipay that is away, one in a while. */
  admit(accountId: string, operation: Operation): boolean {
    return this.parts.circuits.admit(accountId, operation);
  }

  /** Like all calls, throws NotSent when it was held back after all. */
  async pay(payment: Payment): Promise<Answer> {
    const client = this.parts.clients.get(payment.bill.accountId);
    if (client === undefined) {
      this.parts.log.error({ accountId: payment.bill.accountId, paymentId: payment.id }, 'an order wants to be paid on an account that has no keys here');
      return { input: { kind: 'pay-misconfigured', resultCode: 'ACCOUNT_NOT_CONFIGURED' }, verdict: 'no keys' };
    }
    const { outcome, treatment, told } = await this.call(askedOf(payment), 'pay', () => client.pay(toPayRequest(payment, this.parts.notifyUrl)));
    const form = outcome.kind === 'answered' && outcome.status !== 'F' ? outcome.body.orderCodeForm : undefined;
    // An unknown outcome that carries the code all the same is as good as a success: the code exists.
    if (outcome.kind === 'answered' && outcome.status !== 'F' && form !== undefined && outcome.body.paymentId !== undefined) {
      const code = toCode(form, expiryOf(payment));
      if (code !== undefined) return { ...told, input: { kind: 'code-issued', alipayPaymentId: outcome.body.paymentId, code, now: this.parts.now() } };
    }
    const resultCode = outcome.kind === 'answered' ? outcome.code : '';
    switch (treatment.kind) {
      case 'refused': return { ...told, input: { kind: 'pay-refused', resultCode, byCustomer: treatment.byCustomer } };
      case 'misconfigured': return { ...told, input: { kind: 'pay-misconfigured', resultCode } };
      case 'repeat': return { ...told, input: { kind: 'pay-unknown', mayRepeat: true } };
      default: return { ...told, input: { kind: 'pay-unknown', mayRepeat: false } };
    }
  }

  async inquire(payment: Payment): Promise<Answer> {
    const { outcome, treatment, told } = await this.call(askedOf(payment), 'inquiryPayment', () => this.client(payment).inquiryPayment({ paymentRequestId: payment.id }));
    const now = this.parts.now();
    const verdict = treatment.kind === 'accepted' && outcome.kind === 'answered' && outcome.status === 'S' ? inquiryVerdict(outcome, now)
      : treatment.kind === 'not-found' ? { kind: 'not-found' } as const : { kind: 'unknown' } as const;
    return { ...told, input: { kind: 'report', report: { source: 'inquiry', receivedAt: now, verdict } } };
  }

  /** Of an open payment, or of late money under Alipay's own id. */
  async cancel(payment: Payment): Promise<Answer> {
    const late = payment.lateSuccess === undefined ? {} : { paymentId: payment.lateSuccess.alipayPaymentId };
    const { outcome, treatment, told } = await this.call(askedOf(payment), 'cancel', () => this.client(payment).cancel({ paymentRequestId: payment.id, ...late }));
    const answer = treatment.kind === 'accepted' ? 'confirmed' : treatment.kind === 'window-over' || treatment.kind === 'not-found' ? treatment.kind : 'unknown';
    // Alipay's own time: what was paid until then is told apart by it, and its times of payment come from the same clock.
    const cancelTime = outcome.kind === 'answered' && outcome.status === 'S' ? outcome.body.cancelTime : undefined;
    return { ...told, input: { kind: 'cancel-answered', answer, now: toInstant(cancelTime, this.parts.now()) } };
  }

  async refund(payment: Payment, refund: Refund): Promise<Answer> {
    const paymentId = alipayIdFor(payment, refund);
    const { outcome, treatment, told } = await this.call(askedOf(payment), 'refund', () => this.client(payment).refund({
      refundRequestId: refund.id, paymentId, refundAmount: toAmount(refund.amount), ...(refund.key === null ? {} : { referenceRefundId: refund.key }), ...(refund.reason === null ? {} : { refundReason: refund.reason }),
    }));
    const now = this.parts.now();
    const answer = (): RefundAnswer => {
      if (treatment.kind === 'refund-refused') return { kind: 'refused', problem: treatment.problem, resultCode: outcome.kind === 'answered' ? outcome.code : '' };
      if (outcome.kind !== 'answered') return { kind: 'unknown' };
      if (treatment.kind === 'accepted' && outcome.status === 'S') return { kind: 'succeeded', amount: toMoney(outcome.body.refundAmount), alipayRefundId: outcome.body.refundId, refundedAt: toInstant(outcome.body.refundTime, now) };
      return treatment.kind === 'ask' ? { kind: 'in-process' } : { kind: 'unknown' };
    };
    return { ...told, input: { kind: 'refund-answered', id: refund.id, answer: answer(), now } };
  }

  async inquireRefund(payment: Payment, refund: Refund): Promise<Answer> {
    const { outcome, treatment, told } = await this.call(askedOf(payment), 'inquiryRefund', () => this.client(payment).inquiryRefund({ refundRequestId: refund.id }));
    const now = this.parts.now();
    const answer = (): RefundAnswer => {
      if (treatment.kind === 'not-found') return { kind: 'not-found' };
      if (treatment.kind !== 'accepted' || outcome.kind !== 'answered' || outcome.status !== 'S') return { kind: 'unknown' };
      const { body } = outcome;
      switch (body.refundStatus) {
        case 'PROCESSING': return { kind: 'in-process' };
        case 'FAIL': return { kind: 'refused', problem: 'refund.refused', resultCode: 'FAIL' };
        case 'SUCCESS': return { kind: 'succeeded', amount: toMoney(body.refundAmount), alipayRefundId: body.refundId ?? refund.id, refundedAt: toInstant(body.refundTime, now) };
      }
    };
    return { ...told, input: { kind: 'refund-answered', id: refund.id, answer: answer(), now } };
  }

  /** Alipay's limits hold for a client id. */
  clientIdOf(accountId: string): string {
    return this.parts.clientIds.get(accountId) ?? accountId;
  }

  /** About something that Alipay's file lists. */
  async wonder({ accountId, type, askedBy, requestId, alipayId, breakId }: Inquiry): Promise<WonderAnswer> {
    const client = this.parts.clients.get(accountId);
    if (client === undefined) return { heard: { outcome: 'no-answer', resultCode: 'ACCOUNT_NOT_CONFIGURED' }, verdict: 'no keys' };
    const who = { accountId, id: requestId ?? alipayId ?? breakId };
    const byOurs = askedBy === 'request-id' && requestId !== null;
    if (type === 'PAYMENT') {
      const { outcome, treatment, told } = await this.call(who, 'inquiryPayment', () => client.inquiryPayment(byOurs ? { paymentRequestId: requestId } : { paymentId: alipayId ?? '' }));
      return { ...told, heard: toHeard(outcome, treatment, foundPayment) };
    }
    const { outcome, treatment, told } = await this.call(who, 'inquiryRefund', () => client.inquiryRefund(byOurs ? { refundRequestId: requestId } : { refundId: alipayId ?? '' }));
    return { ...told, heard: toHeard(outcome, treatment, foundRefund) };
  }

  async close(): Promise<void> {
    await Promise.all([...this.parts.clients.values()].map((client) => client.close()));
  }

  private async call<O extends Operation>({ accountId, id }: Asked, operation: O, send: () => Promise<AlipayOutcome<O>>) {
    const outcome = await this.parts.circuits.run(accountId, operation, send);
    const treatment: Treatment = outcome.kind === 'answered' ? treatmentOf(TABLES[operation], outcome.status, outcome.code) : { kind: 'repeat' };
    const verdict = outcome.kind === 'answered' ? `${outcome.status} ${outcome.code}` : `${outcome.reason}: ${outcome.detail}`;
    if (treatment.kind === 'misconfigured') this.parts.log.error({ accountId, paymentId: id, operation, result: verdict }, 'Alipay refuses us: keys, contract or request of this account must be mended');
    this.watchClock(accountId, outcome.exchange);
    return { outcome, treatment, told: { exchange: outcome.exchange, verdict } };
  }

  /** A clock that is wrong makes codes expire at once and signatures look old. */
  private watchClock(accountId: string, { responseTime, startedAt }: Exchange): void {
    const skewMs = responseTime === undefined ? 0 : Date.parse(responseTime) - this.parts.now().getTime();
    if (Math.abs(skewMs) > CLOCK_SKEW_MAX_MS) this.parts.log.error({ accountId, skewSeconds: Math.round(skewMs / 1_000), startedAt }, "our clock and Alipay's differ");
  }

  private client({ bill }: Payment): AlipayClient {
    const client = this.parts.clients.get(bill.accountId);
    if (client === undefined) throw new Error(`there are no keys for the account ${bill.accountId}`);
    return client;
  }
}

function askedOf({ id, bill }: Payment): Asked {
  return { id, accountId: bill.accountId };
}

function alipayIdFor(payment: Payment, refund: Refund): string {
  if (refund.key === null) return payment.lateSuccess?.alipayPaymentId ?? '';
  return payment.status === 'succeeded' ? payment.success.alipayPaymentId : '';
}
