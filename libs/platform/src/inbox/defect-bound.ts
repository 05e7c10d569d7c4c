/** More than this in a minute is a bad deploy, which must not drain the stream. */
const DEFECTS_PER_MINUTE_MAX = 5;
const MINUTE_MS = 60_000;

/** How many messages of a topic were set aside as defects within the last minute. */
export class DefectBound {
  private readonly timesMs = new Map<string, number[]>();

  isReached(topic: string): boolean {
    const minuteAgo = Date.now() - MINUTE_MS;
    const recent = (this.timesMs.get(topic) ?? []).filter((time) => time > minuteAgo);
    this.timesMs.set(topic, recent);
    return recent.length >= DEFECTS_PER_MINUTE_MAX;
  }

  count(topic: string): void {
    this.timesMs.set(topic, [...(this.timesMs.get(topic) ?? []), Date.now()]);
  }
}
