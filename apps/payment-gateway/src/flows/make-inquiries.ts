import type { Clock, Database, Log, OutboxRelay } from '@scantill/platform';
import { nextStep, type Heard } from '../core/inquiry.js';
import type { Payment } from '../core/payment.js';
import type { AlipayPayments } from '../outbound/alipay.payments.js';
import { NotSent } from '../outbound/circuits.js';
import { toEvidence } from '../outbound/evidence.repository.js';
import { toInquiryAnsweredRow } from '../outbound/inquiry-events.js';
import type { InquiryRepository, KeptInquiry } from '../outbound/inquiry.repository.js';
import type { PaymentRepository } from '../outbound/payment.repository.js';
import type { InquiryBudget } from './inquiry-budget.js';

export interface MakeInquiriesParts {
  readonly database: Database;
  readonly inquiries: InquiryRepository;
  readonly payments: PaymentRepository;
  readonly alipay: AlipayPayments;
  /** What all inquiries of an account share. Those about money under way come first. */
  readonly budget: InquiryBudget;
  /** Of these alone, for each client id. */
  readonly slowBudget: InquiryBudget;
  readonly relay: OutboxRelay;
  readonly clock: Clock;
  readonly log: Log;
}

/** Each waits for its second. */
export const INQUIRIES_AT_ONCE_MAX = 4;
/** Until Alipay answers again, or money leaves room for it. */
const BUSY_MS = 2_000;

/**
 * Asks Alipay about what its files list and nobody here expected, slowly and never before a call about money. What it says is told and
 * changes nothing: a payment that we know is asked about by its own schedule.
 */
export class MakeInquiries {
  private isStopped = false;

  constructor(private readonly parts: MakeInquiriesParts) {}

  readonly stop = (): void => { this.isStopped = true; };

  async run(breakIds: readonly string[]): Promise<void> {
    await Promise.all(breakIds.map((breakId) => this.take(breakId).catch((error: unknown) => this.parts.log.warn({ err: error, breakId }, 'an inquiry is made again after its lease'))));
  }

  private async take(breakId: string): Promise<void> {
    const { inquiries, alipay, slowBudget, clock } = this.parts;
    const startedAt = clock.now();
    const inquiry = await inquiries.find(breakId);
    if (inquiry === undefined) return inquiries.end(breakId, startedAt);
    await slowBudget.take(alipay.clientIdOf(inquiry.accountId));
    // Whoever starts next takes it up.
    if (this.isStopped) return;
    if (!this.hasRoom(inquiry)) return inquiries.later(breakId, this.after(BUSY_MS));
    try {
      await this.ask(inquiry);
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      await inquiries.later(breakId, this.after(BUSY_MS));
    }
  }

  /** Where Alipay is away, one call in a while is let through. */
  private hasRoom({ accountId, type }: KeptInquiry): boolean {
    return this.parts.budget.takeIfFree(accountId) && this.parts.alipay.admit(accountId, type === 'PAYMENT' ? 'inquiryPayment' : 'inquiryRefund');
  }

  private async ask(inquiry: KeptInquiry): Promise<void> {
    const { database, inquiries, alipay, relay, clock } = this.parts;
    const { heard, exchange, verdict } = await alipay.wonder(inquiry);
    const known = await this.known(inquiry, heard);
    const at = clock.now();
    const told = { asks: inquiry.asks + 1, at, evidence: exchange === undefined ? [] : [toEvidence(known?.id ?? subjectOf(inquiry), exchange, verdict, at)] };
    const next = nextStep(inquiry, told.asks, heard);
    await database.transaction(async (tx) => {
      if (next.kind === 'ask-again') return inquiries.askAgain(tx, inquiry, told, { askedBy: next.askedBy, dueAt: this.after(next.afterMs) });
      tx.afterCommit(relay.wake);
      return inquiries.answer(tx, inquiry, told, toInquiryAnsweredRow(inquiry, heard, known, at));
    });
  }

  /** By our ids, which Alipay names in its answer, too. */
  private async known(inquiry: KeptInquiry, heard: Heard): Promise<Payment | undefined> {
    const ids = [inquiry.requestId, heard.outcome === 'found' ? heard.requestId : null].filter((id) => id !== null);
    const payments = await this.parts.payments.ofRequests(ids);
    return payments.find(({ bill }) => bill.accountId === inquiry.accountId);
  }

  private after(ms: number): Date {
    return new Date(this.parts.clock.now().getTime() + ms);
  }
}

/** Under what the exchange is kept where there is no payment of ours. */
function subjectOf({ requestId, alipayId, breakId }: KeptInquiry): string {
  return requestId ?? alipayId ?? breakId;
}
