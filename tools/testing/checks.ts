import { availableParallelism } from 'node:os';
import { nxEnvironment } from '../bootstrap/build.mjs';
import { BREAKABLE } from '../random-day/options.mjs';
import { runCheck, runJest } from './commands.ts';
import { add, type Tally } from './tally.ts';

/** A part of the run that has a name and is counted by itself. */
export interface Step {
  readonly name: string;
  readonly run: (signal: AbortSignal) => Promise<Tally>;
}

const lint: Step = {
  name: 'lint',
  run: (signal) => runCheck({ args: ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'lint', '--output-style=static', `--parallel=${availableParallelism()}`], env: nxEnvironment() }, signal),
};

const probes: Step = { name: 'probes', run: (signal) => runCheck({ args: ['tools/probes/run.ts'], env: nxEnvironment() }, signal) };

const types: Step = {
  name: 'types',
  run: async (signal) => {
    const services = await runCheck({ args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'] }, signal);
    return add(services, await runCheck({ args: ['node_modules/typescript/bin/tsc', '-p', 'tools/tsconfig.json'] }, signal));
  },
};

const contracts: Step = { name: 'contracts', run: (signal) => runCheck({ args: ['tools/contracts/generate.ts', '--check'] }, signal) };

const unit: Step = { name: 'unit', run: (signal) => runJest('unit', { env: {}, workers: availableParallelism() }, signal) };

const SIMULATED_DAYS = '300';

/** Random days of the pure cores, and the proof that each rule broken on purpose is noticed. */
const simulation: Step = {
  name: 'simulation',
  run: async (signal) => {
    const simulate = (...args: string[]) => runCheck({ args: ['tools/random-day/simulate.ts', '--in-process', ...args] }, signal);
    let tally = await simulate('--days', SIMULATED_DAYS);
    for (const rule of BREAKABLE) tally = add(tally, await simulate('--break', rule));
    return tally;
  },
};

/** What needs no database and no broker: the lanes of a group run side by side, the groups one after the other. */
export const checkGroups: readonly (readonly (readonly Step[])[])[] = [[[lint], [probes, types, contracts, simulation]], [[unit]]];
