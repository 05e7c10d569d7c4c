import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventDefinition } from '@scantill/contracts';
import { repoRoot } from '../bootstrap/run.mjs';
import { nameOf } from './event-schemas.ts';

const folder = join(repoRoot, 'libs/contracts/golden');
const LOCK = 'released.json';

export const lockPath = `libs/contracts/golden/${LOCK}`;

export function readSample(definition: EventDefinition): string {
  return readFileSync(join(folder, `${nameOf(definition)}.json`), 'utf8');
}

/** The lock with every sample in it. A sample that was released keeps the hash it was released with: changing it is refused by its specification. */
export function releasedSamples(): string {
  const released = JSON.parse(readFileSync(join(folder, LOCK), 'utf8')) as Record<string, string>;
  const samples = readdirSync(folder).filter((file) => file !== LOCK);
  const hashes = samples.map((file) => [file, createHash('sha256').update(readFileSync(join(folder, file))).digest('hex')] as const);
  const all = { ...Object.fromEntries(hashes), ...released };
  return `${JSON.stringify(Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`;
}
