import { ACKNOWLEDGEMENT, PAYMENT_RESULT, post } from '@scantill/alipay';
import type { Fault } from '../faults/fault.js';
import { preciseInstantText, type BusinessClock } from '../time.js';
import type { Accounts } from './accounts.js';
import type { Ledger } from './ledger.js';
import { MerchantConnections } from './merchant-connections.js';
import { paymentFields } from './operations/inquiry-payment.js';
import type { Payment } from './payment.js';
import { paymentResult, resultOf } from './results.js';

const DELIVERY_TIMEOUT_MS = 8_000;
export const MAX_IN_FLIGHT = 64;

/** Writes, signs and sends notifications. */
export class Delivery {
  sent = 0;
  private readonly connections = new MerchantConnections(MAX_IN_FLIGHT);

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: BusinessClock,
    private readonly accounts: Accounts,
  ) {}

  /** @returns whether it was acknowledged, of several copies one at least */
  async attempt(payment: Payment, fault: Fault | undefined): Promise<boolean> {
    if (fault?.kind !== 'duplicated') return this.sendOnce(payment, fault);
    const copies = await Promise.all(Array.from({ length: fault.times }, () => this.sendOnce(payment, fault)));
    return copies.includes(true);
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  private async sendOnce(payment: Payment, fault: Fault | undefined): Promise<boolean> {
    const { clientId, signatures } = this.accounts.find(payment.clientId) ?? this.accounts.first;
    const url = new URL(payment.merchant.notifyUrl ?? '');
    const path = url.pathname + url.search;
    const body = JSON.stringify(this.notification(payment, fault));
    const message = { path, clientId, time: preciseInstantText(this.clock.now()), body };
    const signature = await (fault?.kind === 'bad-signature' ? signatures.forge(message) : signatures.sign(message));
    const headers = { 'content-type': 'application/json', 'client-id': clientId, 'request-time': message.time, signature };
    this.sent += 1;
    const outcome = await post(this.connections.to(url.origin), { path, headers, body: Buffer.from(body), timeoutMs: DELIVERY_TIMEOUT_MS });
    return outcome.kind === 'response' && outcome.status === 200 && isAcknowledgement(outcome.body.toString());
  }

  private notification(payment: Payment, fault: Fault | undefined): Record<string, unknown> {
    // Cancelling a paid payment gives the money back; what is announced is still that it had been paid.
    const result = payment.charge ? resultOf('SUCCESS') : paymentResult(payment.resultCode);
    return { notifyType: PAYMENT_RESULT, result, ...paymentFields(this.ledger, payment), ...falseAmount(payment, fault) };
  }
}

/** One unit more, or another currency, unless the plan says what. */
function falseAmount({ currency, value }: Payment, fault: Fault | undefined): Record<string, unknown> {
  if (fault?.kind === 'wrong-amount') return { paymentAmount: { currency, value: fault.value ?? String(BigInt(value) + 1n) } };
  if (fault?.kind === 'wrong-currency') return { paymentAmount: { currency: fault.currency ?? (currency === 'EUR' ? 'USD' : 'EUR'), value } };
  return {};
}

/** The fixed body, whatever its spacing and order. */
function isAcknowledgement(body: string): boolean {
  if (body === ACKNOWLEDGEMENT) return true;
  try {
    const { result } = JSON.parse(body) as { result?: Record<string, unknown> };
    return result?.['resultCode'] === 'SUCCESS' && result['resultStatus'] === 'S' && result['resultMessage'] === 'success';
  } catch {
    return false;
  }
}
