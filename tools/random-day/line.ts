import type { Chance } from '../crash/chance.ts';
import type { Clockwork } from './clockwork.ts';
import type { ResultStatus } from './cores.ts';

/** What every answer of Alipay begins with. */
export interface Answered {
  readonly status: ResultStatus;
  readonly code: string;
}

export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

const TIMEOUT_MS = 10_000;
const BREAKER_LAG_MS = 3_000;
/** Refused or doubted by Alipay's gateway before the operation was even looked at. */
const SPOILED: readonly Answered[] = [
  { status: 'U', code: 'UNKNOWN_EXCEPTION' }, { status: 'U', code: 'REQUEST_TRAFFIC_EXCEED_LIMIT' }, { status: 'F', code: 'SYSTEM_ERROR' }, { status: 'F', code: 'NEVER_HEARD_OF' },
  { status: 'U', code: 'PROCESS_FAIL' }, { status: 'S', code: 'NEVER_HEARD_OF' }, { status: 'F', code: 'KEY_NOT_FOUND' }, { status: 'F', code: 'ACCESS_DENIED' },
];

/** The way to Alipay and back, which loses, delays and spoils. From `calmMs` on it behaves. */
export class Line {
  private readonly parts: {
    readonly clockwork: Clockwork; readonly chance: Chance; readonly badness: number; readonly calmMs: number;
    /** Alipay answers nobody in between. */
    readonly outages: readonly Outage[];
  };

  constructor(parts: Line['parts']) {
    this.parts = parts;
  }

  get isWild(): boolean {
    return this.parts.clockwork.nowMs < this.parts.calmMs;
  }

  /** Our circuit breaker opens some seconds after Alipay went away, and lets calls through again some seconds after it came back. */
  get isAdmitting(): boolean {
    return !this.isOut(BREAKER_LAG_MS);
  }

  private isOut(lagMs: number): boolean {
    const thenMs = this.parts.clockwork.nowMs - lagMs;
    return this.parts.outages.some(({ fromMs, toMs }) => thenMs >= fromMs && thenMs < toMs);
  }

  /** `perform` is what Alipay does when the request arrives; `heard` gets its answer, or nothing when the time is out. */
  call<A extends Answered>(perform: () => A, heard: (answer: A | Answered | undefined) => void): void {
    const { clockwork, chance, badness } = this.parts;
    const timesOut = () => clockwork.after(TIMEOUT_MS, () => heard(undefined));
    if (this.isOut(0)) {
      // Not everything that is not answered was not heard.
      if (chance.next() < 0.5) clockwork.after(chance.between(20, 400), perform);
      return timesOut();
    }
    const isBad = this.isWild && chance.next() < badness;
    if (!isBad) return this.answer(chance.between(20, 400), perform, heard);
    switch (chance.between(0, 5)) {
      case 0: return timesOut();
      case 1: {
        clockwork.after(chance.between(20, TIMEOUT_MS), perform);
        return timesOut();
      }
      case 2: {
        // It arrives when we have given it up already.
        clockwork.after(TIMEOUT_MS + chance.between(100, 60_000), perform);
        return timesOut();
      }
      case 3: return this.answer(chance.between(3_000, 9_000), perform, heard);
      case 4: return this.answer(chance.between(20, 400), () => chance.pick(SPOILED), heard);
      default: return this.answer(chance.between(20, 400), () => (perform(), { status: 'U' as const, code: 'UNKNOWN_EXCEPTION' }), heard);
    }
  }

  private answer<A>(ms: number, perform: () => A, heard: (answer: A) => void): void {
    this.parts.clockwork.after(ms / 2, () => {
      const answer = perform();
      this.parts.clockwork.after(ms / 2, () => heard(answer));
    });
  }
}
