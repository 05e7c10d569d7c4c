/** A bound, not an expectation: machines that run tests are busy. */
const WITHIN_MS = 30_000;
const POLL_MS = 20;

/** Waits for something that happens by itself and answers what it found. Fails after `withinMs`, saying what it waited for. */
export async function until<Found>(what: string, look: () => Found | Promise<Found>, withinMs = WITHIN_MS): Promise<NonNullable<Found>> {
  for (const end = Date.now() + withinMs; Date.now() < end; await pauseMs(POLL_MS)) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
  }
  throw new Error(`it did not happen within ${withinMs} ms: ${what}`);
}

export function pauseMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
