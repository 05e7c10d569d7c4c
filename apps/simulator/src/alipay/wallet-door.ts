import type { Alipay } from './alipay.js';
import { codeInUrl } from './numbering.js';
import type { Charge, OrderLine, Payment } from './payment.js';
import type { DeclineCode } from './results.js';

export type CodeState = 'open' | 'paid' | 'expired' | 'cancelled' | 'declined';

/** What Alipay tells a wallet about a scanned code: enough to show and to charge, and nothing of the merchant's own. */
export interface OrderBehindCode {
  readonly code: string;
  readonly state: CodeState;
  readonly merchantName: string;
  readonly storeName: string;
  readonly description: string;
  readonly lines: readonly OrderLine[];
  readonly currency: string;
  /** In the smallest unit. */
  readonly value: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Who paid and what was charged, once somebody has. */
  readonly charge: Charge | undefined;
}

/** A wallet's report: taken, or too late because the code is no longer open. */
export interface ReportOutcome {
  readonly isAccepted: boolean;
  readonly order: OrderBehindCode;
}

/** The one way in for wallets. All that a wallet knows is the code that its customer's camera has read. */
export class WalletDoor {
  constructor(private readonly alipay: Alipay) {}

  /** @param scanned the QR code's text, or just the digits; @returns nothing for a code that was never issued */
  fetchOrder(scanned: string): OrderBehindCode | undefined {
    const payment = this.find(scanned);
    return payment && this.orderBehind(payment);
  }

  /** The customer confirmed and the wallet has the money. */
  reportPaid(scanned: string, charge: Charge): ReportOutcome | undefined {
    const { ledger, clock } = this.alipay;
    return this.report(scanned, (payment) => {
      const { number } = payment;
      const isTooLate = payment.status === 'CANCELLED';
      ledger.record({ type: 'paid', number, at: ledger.days.bookedAt(clock.now()), charge });
      // What comes to a cancelled payment goes back as if the cancel had come later.
      if (isTooLate) ledger.record({ type: 'cancelled', number, at: ledger.days.bookedAt(clock.now()) });
    }, (payment) => this.isWelcomeLate(payment));
  }

  /** The customer declined, or the wallet could not charge. */
  reportDeclined(scanned: string, code: DeclineCode): ReportOutcome | undefined {
    return this.report(scanned, ({ number }) => this.alipay.ledger.record({ type: 'failed', number, code }));
  }

  private report(scanned: string, apply: (payment: Payment) => void, mayBeLate: (payment: Payment) => boolean = () => false): ReportOutcome | undefined {
    const payment = this.find(scanned);
    if (!payment) return undefined;
    const isAccepted = payment.status === 'PROCESSING' || mayBeLate(payment);
    if (isAccepted) {
      apply(payment);
      this.alipay.notifier.announce(payment);
    }
    return { isAccepted, order: this.orderBehind(payment) };
  }

  private isWelcomeLate(payment: Payment): boolean {
    const { latecomers } = this.alipay;
    const lateness = latecomers.size === 0 || payment.charge ? undefined : latecomers.get(payment);
    const isWelcome = lateness === 'after-cancel' ? payment.status === 'CANCELLED' : lateness === 'after-expiry' && payment.resultCode === 'ORDER_IS_CLOSED';
    if (isWelcome) latecomers.delete(payment);
    return isWelcome;
  }

  private find(scanned: string): Payment | undefined {
    const { ledger, clock } = this.alipay;
    const payment = ledger.findByCode(codeInUrl(scanned));
    if (payment) ledger.closeIfExpired(payment, clock.now());
    return payment;
  }

  private orderBehind(payment: Payment): OrderBehindCode {
    const { merchant, description, lines, currency, value, expiresAt, charge } = payment;
    const code = this.alipay.ledger.code(payment);
    return { code, state: stateOf(payment), merchantName: merchant.merchantName, storeName: merchant.storeName, description, lines, currency, value, expiresAt, charge };
  }
}

function stateOf(payment: Payment): CodeState {
  switch (payment.status) {
    case 'PROCESSING': return 'open';
    case 'SUCCESS': return 'paid';
    case 'CANCELLED': return 'cancelled';
    case 'FAIL': return payment.resultCode === 'ORDER_IS_CLOSED' ? 'expired' : 'declined';
  }
}
