import { money, sameMoney, type Money } from '@scantill/kernel';
import type { PaymentRecord } from './alipay-books.ts';
import { expectationOf, foldExpectations, type Expectation, type Payment, type PaymentEvent, type PaymentFact } from './cores.ts';
import type { Violation } from './rules.ts';

/** A row of Alipay's transaction file. */
interface Line {
  readonly type: 'PAYMENT' | 'CANCEL' | 'REFUND';
  readonly alipayId: string;
  readonly amount: Money;
}

interface Difference {
  readonly expected?: Expectation;
  readonly kind: 'amount-differs' | 'missing-at-alipay' | 'missing-with-us' | 'cancelled-here-paid-there' | 'refund-not-ours' | 'paid-after-cancel';
  readonly line: Line | undefined;
}

/**
 * What reconciliation would find, by its own rule of what to expect: there are no files and no service of it here, so the rows that Alipay
 * would list are held against the events of the gateway, payment by payment.
 */
export class Finance {
  private readonly expected = new Map<string, Expectation[]>();

  see(event: PaymentEvent, payment: Payment, at: Date): void {
    const fact = factOf(event, payment, at);
    const expectation = fact && expectationOf(fact);
    if (expectation !== undefined) this.expected.set(payment.id, [...(this.expected.get(payment.id) ?? []), expectation]);
  }

  /** The first break that nothing of the day accounts for. */
  unexplained(payment: Payment, record: PaymentRecord | undefined): Violation | undefined {
    const expectations = foldExpectations(this.expected.get(payment.id) ?? []);
    const found = differences(expectations, record === undefined ? [] : linesOf(record)).find((each) => !isExplained(each, payment, record));
    if (found === undefined) return undefined;
    const { kind, line } = found;
    const detail = `${kind} of ${payment.id} (${payment.status}): Alipay lists ${line === undefined ? 'nothing' : `${line.type} ${line.amount.minor}`}, expected ${expectations.map(({ type, basis, amount }) => `${type} ${amount?.minor ?? ''} (${basis})`).join(', ') || 'nothing'}`;
    return { rule: 'breaks-explained', orderKey: payment.bill.orderKey, detail };
  }
}

/** Late money that is still here: it waits for a person, or what went back bounced. And an amount that was reported otherwise than it is listed, of which a person was told. */
function isExplained({ kind, expected }: Difference, payment: Payment, record: PaymentRecord | undefined): boolean {
  if (kind === 'amount-differs') return expected?.basis === 'reported';
  if (kind !== 'paid-after-cancel' || record === undefined) return false;
  const hasBounced = payment.refunds.some(({ key, status }) => key === null && status === 'reversed');
  return payment.lateSuccess !== undefined && (payment.givingBack !== undefined || hasBounced);
}

function linesOf(record: PaymentRecord): Line[] {
  const { paymentId: alipayId, amount, status, paidMs, refunds } = record;
  if (paidMs === null) return [];
  return [
    { type: 'PAYMENT', alipayId, amount },
    ...(status === 'CANCELLED' ? [{ type: 'CANCEL' as const, alipayId, amount: minus(amount) }] : []),
    ...refunds.filter((refund) => refund.status === 'SUCCESS').map((refund): Line => ({ type: 'REFUND', alipayId: refund.refundId, amount: minus(refund.amount) })),
  ];
}

function minus({ currency, minor }: Money): Money {
  return money(currency, -minor);
}

function differences(expectations: readonly Expectation[], lines: readonly Line[]): Difference[] {
  const closed = expectations.find(({ type }) => type === 'CANCELLED');
  const paid = lines.find(({ type }) => type === 'PAYMENT');
  const isUndone = lines.some(({ type }) => type === 'CANCEL');
  const ofLines = lines.flatMap((line): Difference[] => {
    const own = expectations.find(({ type, alipayId, basis }) => type === line.type && (alipayId === line.alipayId || basis === 'reported'));
    if (own?.amount != null) return sameMoney(own.amount, line.amount) ? [] : [{ kind: 'amount-differs', line, expected: own }];
    if (line.type === 'REFUND') return [{ kind: 'refund-not-ours', line }];
    // Listed together, a payment and its cancel come to nothing.
    if (closed !== undefined && isUndone) return [];
    return [{ kind: closed === undefined ? 'missing-with-us' : 'cancelled-here-paid-there', line }];
  });
  const alone = expectations.filter(({ type, alipayId }) => (type === 'PAYMENT' && paid === undefined) || (type === 'REFUND' && !lines.some((line) => line.alipayId === alipayId)));
  const missing = alone.length > 0 || (closed?.basis === 'give-back' && paid !== undefined && !isUndone) ? [{ kind: 'missing-at-alipay' as const, line: undefined }] : [];
  const isLate = closed?.basis === 'closed' && expectations.some(({ type, basis }) => type === 'PAYMENT' && basis === 'late-success');
  const isGivenBack = expectations.some(({ basis }) => basis === 'give-back');
  return [...ofLines, ...missing, ...(isLate && !isGivenBack && paid !== undefined ? [{ kind: 'paid-after-cancel' as const, line: paid }] : [])];
}

/** As the gateway announces it, and reconciliation understands it. */
function factOf(event: PaymentEvent, payment: Payment, at: Date): PaymentFact | undefined {
  const { id: paymentId, bill: { orderKey, chainId, storeId, accountId, amount } } = payment;
  const common = { paymentId, orderKey, chainId, storeId, accountId, eventId: event.kind, at };
  switch (event.kind) {
    case 'Succeeded':
    case 'LateSuccess': return { ...common, kind: 'paid', isLate: event.kind === 'LateSuccess', amount, alipayPaymentId: event.success.alipayPaymentId, paidAt: event.success.paidAt };
    case 'Cancelled': return { ...common, kind: 'closed', wasSent: true, gaveBack: event.paidBefore };
    case 'GivenBack': return { ...common, kind: 'closed', wasSent: true, gaveBack: true };
    case 'Expired': return { ...common, kind: 'closed', wasSent: !event.beforePay, gaveBack: false };
    case 'AttentionNeeded': return { ...common, kind: 'attention-needed', reported: event.reported };
    case 'RefundSucceeded':
    case 'RefundReversed': return ofRefund(event, payment, common);
    default: return undefined;
  }
}

function ofRefund(event: Extract<PaymentEvent, { kind: 'RefundSucceeded' | 'RefundReversed' }>, { refunds }: Payment, common: Pick<PaymentFact, 'paymentId' | 'orderKey' | 'chainId' | 'storeId' | 'accountId' | 'eventId' | 'at'>): PaymentFact | undefined {
  const refund = refunds.find(({ id }) => id === event.id);
  if (refund === undefined) return undefined;
  const { id: refundId, amount, key } = refund;
  return event.kind === 'RefundReversed'
    ? { ...common, kind: 'refund-reversed', refundId, amount, reversedAt: event.reversedAt }
    : { ...common, kind: 'refunded', refundId, wasAsked: key !== null, amount, alipayRefundId: event.alipayRefundId, refundedAt: event.refundedAt };
}
