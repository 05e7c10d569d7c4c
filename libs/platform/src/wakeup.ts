/** A bell that is not lost when it rings while nobody waits yet: `arm` before looking, `wait` after finding nothing. */
export class Wakeup {
  private rung = false;
  private release: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.release?.();
  }

  arm(): void {
    this.rung = false;
  }

  /** Returns when rung, at the latest after `maxMs`. */
  async wait(maxMs: number): Promise<void> {
    if (this.rung) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, maxMs);
      this.release = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.release = undefined;
  }
}

const PAUSE_STEP_MS = 100;

/** Waits, but not past a stop. */
export async function pause(ms: number, isStopped: () => boolean = () => false): Promise<void> {
  for (let left = ms; left > 0 && !isStopped(); left -= PAUSE_STEP_MS) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, PAUSE_STEP_MS)));
  }
}
