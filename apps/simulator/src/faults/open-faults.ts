import type { Config } from '../config.js';
import { readJsonFile } from '../json-file.js';
import { BrokenLine } from './broken-line.js';
import { FaultPlan } from './fault-plan.js';
import { writtenPlan } from './fault.js';
import { Outage } from './outage.js';
import { planFromSeed, seededPlan } from './seeded-plan.js';

/** All that is wrong on purpose. */
export interface Faults {
  readonly plan: FaultPlan;
  readonly outage: Outage;
  readonly line: BrokenLine;
}

/** The plan that the environment names; no faults where it names none. @throws if it cannot be read, saying everything that is wrong with it */
export function openFaults({ SIMULATOR_FAULTS_FILE: file, SIMULATOR_FAULTS_SEED: seed, SIMULATOR_FAULTS_RATE: rate }: Config): Faults {
  if (file !== undefined && seed !== undefined) throw new Error('SIMULATOR_FAULTS_FILE and SIMULATOR_FAULTS_SEED exclude each other; a written plan may hold a seed of its own.');
  const plan = new FaultPlan();
  if (file !== undefined) plan.replace(readJsonFile(writtenPlan, file));
  if (seed !== undefined) plan.replace(planFromSeed(seededPlan.parse({ seed, rate })));
  return { plan, outage: new Outage(), line: new BrokenLine() };
}
