/** A token bucket per account: Alipay's limits hold for the contract, not for one of our processes. */
export class InquiryBudget {
  private readonly nextFreeMs = new Map<string, number>();

  constructor(private readonly perSecond: number) {}

  /** Waits for its turn; those who came first go first. */
  async take(accountId: string): Promise<void> {
    const nowMs = Date.now();
    // A second's worth may go at once after a quiet time.
    const turnMs = Math.max(this.nextFreeMs.get(accountId) ?? 0, nowMs - 1_000) + 1_000 / this.perSecond;
    this.nextFreeMs.set(accountId, turnMs);
    if (turnMs > nowMs) await new Promise((resolve) => setTimeout(resolve, turnMs - nowMs));
  }
}
