import { availableParallelism } from 'node:os';
import { nxEnvironment } from '../bootstrap/build.mjs';
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

const unit: Step = { name: 'unit', run: (signal) => runJest('unit', { env: {}, isInBand: false }, signal) };

/** What needs no database and no broker: the lanes of a group run side by side, the groups one after the other. */
export const checkGroups: readonly (readonly (readonly Step[])[])[] = [[[lint], [probes, types, contracts]], [[unit]]];
