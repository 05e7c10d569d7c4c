import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createProjectGraphAsync } from '@nx/devkit';
import { failWith } from '../bootstrap/problem.mjs';
import { report } from '../bootstrap/progress.mjs';
import { repoRoot } from '../bootstrap/run.mjs';
import { codeProbes } from './code-probes.ts';
import { habitProbes } from './habit-probes.ts';
import { importProbes } from './import-probes.ts';
import { behaves, misbehaviour, type Config } from './lint.ts';
import { mutations, type Mutation } from './mutations.ts';
import type { Probe } from './probe.ts';
import { projectProbes } from './project-probes.ts';

// No project holds it, so its path may not be written as an import.
const { default: config } = (await import(pathToFileURL(join(repoRoot, 'eslint.config.mjs')).href)) as { default: Config };
const probes: readonly Probe[] = [...projectProbes, ...importProbes, ...codeProbes, ...habitProbes];
/** More than the words that a probe can share. */
const SURE = 100;
const probeWords = new Map(probes.map((probe) => [probe, [...wordsOf(probe.code, probe.file, probe.refusal ?? '')]]));

/**
 * A clean lint run cannot tell "no violations" from "the rule is off". So violations are planted, and refused they must be, by that
 * rule and in its words; and of each single part of the rules it is shown that a probe notices when it is gone.
 */
try {
  await readyNx();
  const wrong = probes.flatMap((probe) => {
    const how = misbehaviour(probe, config);
    return how === undefined ? [] : [`${probe.file}: ${how}\n      ${probe.code.trim().split('\n').slice(0, 3).join('\n      ')}`];
  });
  if (wrong.length > 0) fail('probes misbehave', wrong);
  else {
    report('probes', `${probes.length} behave`);
    const { count, unnoticed } = takeOneAway();
    if (unnoticed.length > 0) fail('parts of the rules can be taken away and no probe notices', unnoticed);
    else report('probes', `each of ${count} parts of the rules is missed by one when it is taken away`);
  }
} catch (error) {
  failWith(error);
}

/** The rule about projects does nothing without a project graph, and says so only in passing. */
async function readyNx(): Promise<void> {
  process.env['NX_DAEMON'] = 'false';
  await createProjectGraphAsync({ exitOnError: false });
  // Nx reads its graph again for every file unless it sees itself run by ESLint's own command.
  process.argv[1] = join(repoRoot, 'node_modules', 'eslint', 'bin', 'eslint.js');
}

function takeOneAway(): { count: number; unnoticed: readonly string[] } {
  let count = 0;
  const unnoticed: string[] = [];
  for (const mutation of mutations(config)) {
    count += 1;
    if (likelyFirst(mutation).every((probe) => behaves(probe, mutation.config))) unnoticed.push(`${mutation.where}: ${JSON.stringify(mutation.removed)}`);
  }
  return { count, unnoticed };
}

/** The probes of the rules concerned, those that share words with what was taken away in front: the first that notices ends the search. */
function likelyFirst({ rules, lifts, removed, outOf, where }: Mutation): Probe[] {
  const text = `${where} ${JSON.stringify([removed, outOf])}`;
  const sought = wordsOf(text);
  const rank = (probe: Probe): number => {
    const shared = probeWords.get(probe)!.filter((word) => sought.has(word)).length;
    const isMeant = probe.refusal === undefined ? lifts : text.includes(probe.refusal);
    return shared + (isMeant ? SURE : 0);
  };
  return probes.filter(({ rule }) => rules.includes(rule)).map((probe) => ({ probe, rank: rank(probe) })).sort((a, b) => b.rank - a.rank).map(({ probe }) => probe);
}

function wordsOf(...texts: readonly string[]): Set<string> {
  return new Set(texts.join(' ').match(/\w{3,}/g));
}

function fail(what: string, which: readonly string[]): void {
  process.stdout.write(`\n${which.length} ${what}:\n${which.map((each) => `  - ${each}`).join('\n')}\n`);
  process.exitCode = 1;
}
