/** What people are about to do, or are doing. */
export class Errands {
  private readonly open = new Set<Promise<void>>();
  private readonly failures: string[] = [];
  private count = 0;

  /** Does it beside everything else; what goes wrong is kept. */
  run(errand: () => Promise<void>): void {
    this.count += 1;
    const running = errand().catch((error: unknown) => void this.failures.push(error instanceof Error ? error.message : String(error))).finally(() => this.open.delete(running));
    this.open.add(running);
  }

  /** Grows with every errand that is begun. */
  get begun(): number {
    return this.count;
  }

  get troubles(): readonly string[] {
    return this.failures;
  }

  /** Also those that others set off in the meantime. */
  async done(): Promise<void> {
    while (this.open.size > 0) await Promise.all(this.open);
  }
}
