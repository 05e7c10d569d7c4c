import { repoRoot } from '../bootstrap/run.mjs';
import type { CpuProfile } from './inspector.ts';

const FUNCTIONS_SHOWN = 15;
const PLACES_SHOWN = 10;
const PERCENT = 100;

type Frame = CpuProfile['nodes'][number]['callFrame'];

/**
 * Where one process spent its time: by package, then the functions with the most time of their own. Samples are taken by the clock, so
 * while others have the CPU the function that waits for it is charged.
 */
export function profileText(name: string, profile: CpuProfile, orders: number): string {
  const byFunction = selfMs(profile, functionOf);
  const idleMs = byFunction.get('(idle)') ?? 0;
  byFunction.delete('(idle)');
  const byPlace = selfMs(profile, placeOf);
  byPlace.delete('(idle)');
  const busyMs = sum(byFunction);
  const percent = (ms: number): string => `${((ms * PERCENT) / busyMs).toFixed(1)} %`;
  const places = largest(byPlace, PLACES_SHOWN).map(([place, ms]) => `${place} ${percent(ms)}`);
  const functions = largest(byFunction, FUNCTIONS_SHOWN).map(([what, ms]) => `  ${percent(ms).padStart(8)} ${(ms / orders).toFixed(3).padStart(9)} ms/order  ${what}`);
  const busyShare = ((busyMs * PERCENT) / (busyMs + idleMs)).toFixed(0);
  return `\n${name}: main thread busy ${busyShare} %, ${(busyMs / orders).toFixed(2)} ms per order\n  ${places.join(', ')}\n${functions.join('\n')}\n`;
}

/** Milliseconds that no function called from there accounts for, by whatever name `nameOf` gives a frame. */
function selfMs({ nodes, samples, timeDeltas }: CpuProfile, nameOf: (frame: Frame) => string): Map<string, number> {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const total = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '(unknown)';
    total.set(name, (total.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1_000);
  }
  return total;
}

function functionOf({ functionName, url, lineNumber }: Frame): string {
  if (url === '') return functionName || '(anonymous)';
  // V8 counts lines from zero.
  return `${functionName || '(anonymous)'}  ${shortOf(url)}:${lineNumber + 1}`;
}

/** `(program)` is native code: OpenSSL, the socket layer, the parser of HTTP. */
function placeOf({ functionName, url }: Frame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'V8';
  if (url.startsWith('node:')) return 'node';
  const short = shortOf(url);
  const [, scopedOrNot] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(short) ?? [];
  return scopedOrNot ?? short.split('/').slice(0, 2).join('/');
}

function shortOf(url: string): string {
  return url.replace(`file://${repoRoot}/`, '').replace(`${repoRoot}/`, '');
}

function largest(times: ReadonlyMap<string, number>, count: number): [string, number][] {
  return [...times].toSorted(([, a], [, b]) => b - a).slice(0, count);
}

function sum(times: ReadonlyMap<string, number>): number {
  return [...times.values()].reduce((total, ms) => total + ms, 0);
}
