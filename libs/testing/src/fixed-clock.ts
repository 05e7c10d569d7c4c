/** A clock of the business that stands still until it is moved. */
export class FixedClock {
  constructor(private at: Date = new Date()) {}

  now(): Date {
    return new Date(this.at);
  }

  realMsUntil(at: Date): number {
    return Math.max(0, at.getTime() - this.at.getTime());
  }

  forward(ms: number): void {
    this.at = new Date(this.at.getTime() + ms);
  }
}
