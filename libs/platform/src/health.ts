/** Why the service cannot do its work at the moment, by part. Empty means ready. */
export class Health {
  private readonly red = new Map<string, string>();
  private dead: string | undefined;

  /** A dependency that is away touches readiness only. */
  notReady(part: string, reason: string): void {
    this.red.set(part, reason);
  }

  ready(part: string): void {
    this.red.delete(part);
  }

  /** Only for what a restart would mend: a consumer that could not be rebuilt. */
  notAlive(reason: string): void {
    this.dead = reason;
  }

  get reasons(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.red);
  }

  get isReady(): boolean {
    return this.red.size === 0 && this.dead === undefined;
  }

  get deadReason(): string | undefined {
    return this.dead;
  }
}
