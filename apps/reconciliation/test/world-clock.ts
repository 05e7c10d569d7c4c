import type { Clock } from '@scantill/platform';

/** The time of the business: the platform's, until a specification says what it is. */
export class WorldClock implements Clock {
  private at: Date | undefined;

  constructor(private readonly real: Clock) {}

  now(): Date {
    return this.at ?? this.real.now();
  }

  realMsUntil(at: Date): number {
    return this.at === undefined ? this.real.realMsUntil(at) : Math.max(0, at.getTime() - this.at.getTime());
  }

  set(at: string | undefined): void {
    this.at = at === undefined ? undefined : new Date(at);
  }
}
