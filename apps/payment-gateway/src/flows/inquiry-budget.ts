/** A token bucket per account, or per client id: Alipay's limits hold for the contract, not for one of our processes. */
export class InquiryBudget {
  private readonly nextFreeMs = new Map<string, number>();

  constructor(private readonly perSecond: number) {}

  /** Waits for its turn; those who came first go first. */
  async take(accountId: string): Promise<void> {
    const nowMs = Date.now();
    const turnMs = this.nextTurnMs(accountId, nowMs);
    this.nextFreeMs.set(accountId, turnMs);
    if (turnMs > nowMs) await new Promise((resolve) => setTimeout(resolve, turnMs - nowMs));
  }

  /** For whoever may only ask when nobody else wants to. False, and nothing is taken, where there is no room now. */
  takeIfFree(accountId: string): boolean {
    const nowMs = Date.now();
    const turnMs = this.nextTurnMs(accountId, nowMs);
    if (turnMs > nowMs) return false;
    this.nextFreeMs.set(accountId, turnMs);
    return true;
  }

  /** A second's worth may go at once after a quiet time. */
  private nextTurnMs(accountId: string, nowMs: number): number {
    return Math.max(this.nextFreeMs.get(accountId) ?? 0, nowMs - 1_000) + 1_000 / this.perSecond;
  }
}
