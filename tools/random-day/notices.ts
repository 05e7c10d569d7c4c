import { money } from '@scantill/kernel';
import type { Chance } from '../crash/chance.ts';
import type { PaymentRecord } from './alipay-books.ts';
import type { Clockwork } from './clockwork.ts';
import type { StatusReport } from './cores.ts';

/** The gaps between Alipay's sends, in seconds; after the last it gives up. */
const GAPS_SECONDS = [0, 120, 600, 600, 3_600, 7_200, 21_600, 54_000] as const;

interface Parts {
  readonly clockwork: Clockwork;
  readonly chance: Chance;
  /** How many of the notifications are lost, from 0 to 1. */
  readonly lossRate: number;
  readonly calmMs: number;
  /** @returns whether the receiver was there */
  readonly receive: (requestId: string, verdict: StatusReport['verdict']) => boolean;
}

/** Alipay's notifications: sent again until they are acknowledged, lost, delayed, out of order, twice, and now and then wrong. */
export class Notices {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  announce(record: PaymentRecord): void {
    // What it says is fixed when it is first sent; a late success is announced by itself.
    this.send(record.requestId, verdictOf(record), 0);
  }

  private send(requestId: string, verdict: StatusReport['verdict'], sends: number): void {
    const gap = GAPS_SECONDS[sends];
    if (gap === undefined) return;
    const { clockwork, chance, lossRate, calmMs, receive } = this.parts;
    clockwork.after(gap * 1_000, () => {
      const isWild = clockwork.nowMs < calmMs;
      if (isWild && chance.next() < lossRate) return this.send(requestId, verdict, sends + 1);
      const isWrong = isWild && verdict.kind === 'success' && chance.next() < 0.01;
      const said = isWrong && verdict.kind === 'success' ? { ...verdict, amount: money('USD', 1n) } : verdict;
      clockwork.after(isWild && chance.next() < 0.1 ? chance.between(1_000, 90_000) : chance.between(10, 300), () => {
        const isAcknowledged = receive(requestId, said) && !(isWild && chance.next() < 0.1);
        if (!isAcknowledged) this.send(requestId, verdict, sends + 1);
      });
    });
  }
}

/** What a notification or an inquiry says of a payment. */
export function verdictOf({ status, resultCode, amount, paymentId, paidMs }: Readonly<PaymentRecord>): StatusReport['verdict'] {
  switch (status) {
    case 'PROCESSING': return { kind: 'processing' };
    case 'CANCELLED': return { kind: 'cancelled' };
    case 'FAIL': return { kind: 'failed', resultCode };
    case 'SUCCESS': return { kind: 'success', amount, success: { alipayPaymentId: paymentId, wallet: 'ALIPAY_CN', paidAt: new Date(paidMs ?? 0), charged: null, quote: null } };
  }
}
