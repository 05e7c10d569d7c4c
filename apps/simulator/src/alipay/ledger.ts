import { assert, unreachable } from '@scantill/kernel';
import { BookingDays } from './booking-days.js';
import { ClientBook } from './client-book.js';
import { Numbering } from './numbering.js';
import type { Payment, Refund } from './payment.js';
import type { CodeIssued, LedgerRecord, RefundAccepted } from './records.js';
import { Shared } from './shared.js';

const NO_REFUNDS: readonly Refund[] = [];
const NO_LINES: Payment['lines'] = [];

/** Where a record is kept before anyone hears of it. */
export interface RecordSink {
  append(record: LedgerRecord): void;
}

/** Alipay's books, all in memory. They change by records alone, so that replaying the journal gives the same books. */
export class Ledger {
  readonly payments: Payment[] = [];
  readonly refunds: Refund[] = [];
  readonly days = new BookingDays();
  private readonly clients = new Map<string, ClientBook>();
  /** The latest payment of an order; an order may need several. */
  private readonly byOrderId = new Map<string, Payment>();
  /** Shops, wallets and quotes are few; a million payments share them. */
  private readonly shared = new Shared();
  private numbering: Numbering | undefined;

  /** @param firstClientId whose the payments are in journals from before there were several accounts */
  constructor(
    private readonly journal: RecordSink,
    private readonly firstClientId: string,
  ) {}

  /** Changes the books and keeps the record. */
  record(record: LedgerRecord): void {
    this.apply(record);
    this.journal.append(record);
  }

  /** Changes the books alone: for records that come from the journal. */
  apply(record: LedgerRecord): void {
    switch (record.type) {
      case 'book-opened': this.numbering = new Numbering(record.book); return;
      case 'code-issued': this.issue(record); return;
      case 'paid': return this.pay(this.payment(record.number), record);
      case 'failed': return this.fail(this.payment(record.number), record.code);
      case 'expired': return this.end(this.payment(record.number), 'FAIL', 'ORDER_IS_CLOSED');
      case 'cancelled': return this.cancel(this.payment(record.number), record.at);
      case 'refund-accepted': return this.acceptRefund(record);
      case 'refund-completed': return this.completeRefund(this.refund(record.refund), record.at);
      case 'refund-failed': this.refund(record.refund).failureCode = record.code; return;
      case 'request-refused': return this.of(record.client).refusals.keep(record);
      case 'notification-missed': Object.assign(this.payment(record.number), { notificationsSent: record.sent, nextNotificationAt: record.nextAt }); return;
      case 'notification-ended': this.payment(record.number).notification = record.acknowledged ? 'acknowledged' : 'given-up'; return;
      case 'day-closed': return this.days.close(record.day, { file: record.file, rows: record.rows, files: record.files });
      default: return unreachable(record);
    }
  }

  get isOpened(): boolean {
    return this.numbering !== undefined;
  }

  /** What one client knows by the ids that it chose itself. */
  of(clientId: string): ClientBook {
    const known = this.clients.get(clientId);
    if (known) return known;
    const book = new ClientBook();
    this.clients.set(clientId, book);
    return book;
  }

  /** Whoever's it is: for those who stand outside Alipay's API. */
  findByRequestId(requestId: string): Payment | undefined {
    for (const { payments } of this.clients.values()) {
      const payment = payments.get(requestId);
      if (payment) return payment;
    }
    return undefined;
  }

  findByOrderId(orderId: string): Payment | undefined {
    return this.byOrderId.get(orderId);
  }

  findByPaymentId(paymentId: string): Payment | undefined {
    const payment = this.payments[this.numbers().numberOfId(paymentId) ?? -1];
    return payment && this.paymentId(payment) === paymentId ? payment : undefined;
  }

  findByCode(code: string): Payment | undefined {
    return this.payments[this.numbers().numberOfCode(code) ?? -1];
  }

  findRefundById(refundId: string): Refund | undefined {
    const refund = this.refunds[this.numbers().numberOfId(refundId) ?? -1];
    return refund && this.refundId(refund) === refundId ? refund : undefined;
  }

  paymentId(payment: Payment): string {
    return this.numbers().paymentId(payment.number, payment.issuedAt);
  }

  refundId(refund: Refund): string {
    return this.numbers().refundId(refund.number, refund.acceptedAt);
  }

  code(payment: Payment): string {
    return this.numbers().code(payment.number);
  }

  /**
   * An unpaid code closes at its expiry. Nobody waits for that moment: whoever looks at the payment afterwards closes it first,
   * so what was once told stays true even if the clock is set back.
   */
  closeIfExpired(payment: Payment, now: number): void {
    if (payment.status === 'PROCESSING' && now >= payment.expiresAt) this.record({ type: 'expired', number: payment.number });
  }

  private numbers(): Numbering {
    assert(this.numbering, 'a ledger begins with its book number');
    return this.numbering;
  }

  private payment(number: number): Payment {
    const payment = this.payments[number];
    assert(payment, `no payment ${number}`);
    return payment;
  }

  private refund(number: number): Refund {
    const refund = this.refunds[number];
    assert(refund, `no refund ${number}`);
    return refund;
  }

  private issue(record: CodeIssued): void {
    assert(record.number === this.payments.length, 'payments are numbered without gaps');
    const payment: Payment = {
      number: record.number, clientId: record.client === undefined ? this.firstClientId : this.shared.text(record.client), requestId: record.requestId,
      orderId: record.orderId, currency: record.currency, value: record.value, settlementCurrency: record.settlementCurrency, issuedAt: record.at,
      expiresAt: record.expiresAt, merchant: this.shared.of(record.merchant), description: record.description, isSandbox: record.isSandbox, lines: record.lines, status: 'PROCESSING', resultCode: 'PAYMENT_IN_PROCESS',
      charge: undefined, paidAt: undefined, cancelledAt: undefined, refunds: NO_REFUNDS,
      notification: 'none', notificationsSent: 0, nextNotificationAt: 0,
    };
    this.payments.push(payment);
    this.of(payment.clientId).payments.set(payment.requestId, payment);
    if (payment.orderId !== undefined) this.byOrderId.set(payment.orderId, payment);
  }

  private pay(payment: Payment, { at, charge }: Extract<LedgerRecord, { type: 'paid' }>): void {
    this.end(payment, 'SUCCESS', 'SUCCESS');
    payment.charge = { ...charge, wallet: this.shared.of(charge.wallet), quote: charge.quote && this.shared.of(charge.quote) };
    payment.paidAt = at;
    if (payment.merchant.notifyUrl !== undefined) payment.notification = 'pending';
    this.days.add(at, { type: 'PAYMENT', payment });
  }

  private fail(payment: Payment, code: string): void {
    this.end(payment, 'FAIL', code);
    if (payment.merchant.notifyUrl !== undefined) payment.notification = 'pending';
  }

  private cancel(payment: Payment, at: number): void {
    // Money that never came leaves no row in the files.
    if (payment.paidAt !== undefined) this.days.add(at, { type: 'CANCEL', payment });
    this.end(payment, 'CANCELLED', 'ORDER_IS_CANCELED');
    payment.cancelledAt = at;
  }

  private end(payment: Payment, status: Payment['status'], resultCode: string): void {
    payment.status = status;
    payment.resultCode = resultCode;
    payment.lines = NO_LINES;
  }

  private acceptRefund(record: RefundAccepted): void {
    const payment = this.payment(record.number);
    assert(record.refund === this.refunds.length, 'refunds are numbered without gaps');
    const refund: Refund = {
      number: record.refund, payment, requestId: record.requestId, referenceId: record.referenceId, value: record.value,
      acceptedAt: record.at, completedAt: undefined, failureCode: undefined, asynchronous: record.asynchronous,
    };
    this.refunds.push(refund);
    this.of(payment.clientId).refunds.set(refund.requestId, refund);
    payment.refunds = [...payment.refunds, refund];
  }

  private completeRefund(refund: Refund, at: number): void {
    refund.completedAt = at;
    this.days.add(at, { type: 'REFUND', refund });
  }
}
