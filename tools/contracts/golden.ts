import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventDefinition } from '@scantill/contracts';
import { Problem } from '../bootstrap/problem.mjs';
import { repoRoot } from '../bootstrap/run.mjs';
import { nameOf } from './event-schemas.ts';

const SAMPLES = 'libs/contracts/golden';
const LOCK = 'released.json';
const folder = join(repoRoot, SAMPLES);

export const lockPath = `${SAMPLES}/${LOCK}`;

export function readSample(definition: EventDefinition): string {
  const file = `${nameOf(definition)}.json`;
  if (!existsSync(join(folder, file))) throw new Problem(`${SAMPLES}/${file} is missing: write a sample of the whole message, with realistic values.`);
  return readFileSync(join(folder, file), 'utf8');
}

/** The lock with every sample in it. A sample that was released keeps the hash it was released with: changing it is refused by its specification. */
export function releasedSamples(): string {
  const released = JSON.parse(readFileSync(join(folder, LOCK), 'utf8')) as Record<string, string>;
  const samples = readdirSync(folder).filter((file) => file !== LOCK);
  const hashes = samples.map((file) => [file, createHash('sha256').update(readFileSync(join(folder, file))).digest('hex')] as const);
  const all = { ...Object.fromEntries(hashes), ...released };
  return `${JSON.stringify(Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`;
}
