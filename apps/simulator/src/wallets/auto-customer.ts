import { DueQueue } from '../due-queue.js';
import type { Wallet } from './wallet.js';

export interface AutoConfirmSettings {
  /** Real milliseconds from the issue of a code to its confirmation; `null` leaves codes to people and scripts. */
  readonly confirmAfterMs: number | null;
}

/** A customer in a hurry: scans every code that a till shows and confirms it after a while, with each wallet in turn. */
export class AutoCustomer {
  private readonly waiting = new DueQueue<string>((code) => this.confirm(code));
  private confirmed = 0;

  constructor(
    private readonly wallets: readonly Wallet[],
    private readonly settings: AutoConfirmSettings,
  ) {}

  /** A till shows this code. */
  see(code: string): void {
    const { confirmAfterMs } = this.settings;
    if (confirmAfterMs !== null) this.confirmAt(code, Date.now() + confirmAfterMs);
  }

  /** @param at real time in epoch milliseconds */
  confirmAt(code: string, at: number): void {
    this.waiting.push(code, at);
  }

  /** Whatever the settings are: somebody wants this customer to be exactly here now. */
  confirm(code: string): void {
    this.confirmed += 1;
    this.wallets[this.confirmed % this.wallets.length]?.confirm(code);
  }

  stop(): void {
    this.waiting.stop();
  }
}
