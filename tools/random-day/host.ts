import type { Clockwork } from './clockwork.ts';

/** A process that can die. What it held in memory is lost with it: whoever waits for an answer finds another life. */
export class Host {
  life = 0;
  private upAtMs = 0;
  private readonly clockwork: Clockwork;

  constructor(clockwork: Clockwork) {
    this.clockwork = clockwork;
  }

  get isUp(): boolean {
    return this.clockwork.nowMs >= this.upAtMs;
  }

  crash(downMs: number): void {
    this.life += 1;
    this.upAtMs = this.clockwork.nowMs + downMs;
  }

  /** Now, or once it is up again. */
  whenUp(act: () => void): void {
    if (this.isUp) act();
    else this.clockwork.at(this.upAtMs, () => this.whenUp(act));
  }
}
