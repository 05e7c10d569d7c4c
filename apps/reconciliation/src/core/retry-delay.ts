const FIRST_DELAY_SECONDS = 30;
/** Then a source is asked as often as usual again, and somebody should look. */
export const QUICK_RETRIES_MAX = 5;

/** Seconds until a source is asked again that failed so many times in a row: soon at first, twice as long each time, never longer than usual. */
export function retryDelaySeconds(failures: number, everySeconds: number): number {
  if (failures === 0 || failures > QUICK_RETRIES_MAX) return everySeconds;
  return Math.min(FIRST_DELAY_SECONDS * 2 ** (failures - 1), everySeconds);
}
