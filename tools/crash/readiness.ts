import { setTimeout as wait } from 'node:timers/promises';
import { processTable, type ProcessName } from '../stack/services.ts';
import type { Stack } from '../stack/stack.ts';

/** After a restart a moment passes until all that it needs is there again. */
const READY_WITHIN_MS = 30_000;
const ANSWER_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 500;

/** @returns which services are still not ready when time is up, and what they say */
export async function unreadyServices({ ports }: Stack): Promise<string[]> {
  const names = Object.keys(processTable) as ProcessName[];
  for (const deadline = Date.now() + READY_WITHIN_MS; ; await wait(LOOK_EVERY_MS)) {
    const unready = (await Promise.all(names.map((name) => complaintOf(name, ports[processTable[name].health])))).flat();
    if (unready.length === 0 || Date.now() > deadline) return unready;
  }
}

async function complaintOf(name: ProcessName, port: number): Promise<string[]> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return response.ok ? [] : [`${name}: ${await response.text()}`];
  } catch (error) {
    return [`${name}: ${String(error)}`];
  }
}
