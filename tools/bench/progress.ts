import { report } from '../bootstrap/progress.mjs';
import type { Tally } from './tally.ts';

const EVERY_MS = 5_000;
const STATS_WITHIN_MS = 4_000;

/** Says every few seconds how far it is, so that nobody takes a long run for stuck. @returns what ends it */
export function reportProgress(tally: Tally, simulatorUrl: string, phase: () => string): () => void {
  let last = { paid: 0, atMs: performance.now() };
  const look = async (): Promise<void> => {
    const now = { paid: await paidAtAlipay(simulatorUrl), atMs: performance.now() };
    const rate = ((now.paid - last.paid) * 1_000) / (now.atMs - last.atMs);
    const failed = tally.failed === 0 ? '' : `, ${tally.failed} failed`;
    report(phase(), `${count(now.paid)} paid at Alipay, ${count(rate)}/s; ${tally.open} requests open${failed}`);
    last = now;
  };
  // A simulator that is too busy to say is asked again next time.
  const timer = setInterval(() => void look().catch(() => undefined), EVERY_MS);
  return () => clearInterval(timer);
}

async function paidAtAlipay(simulatorUrl: string): Promise<number> {
  const response = await fetch(`${simulatorUrl}/control/stats`, { signal: AbortSignal.timeout(STATS_WITHIN_MS) });
  const { payments } = (await response.json()) as { payments: { SUCCESS: number } };
  return payments.SUCCESS;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
