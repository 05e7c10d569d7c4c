import './from-source.ts';
import { failWith } from '../bootstrap/problem.mjs';

const usage = `npm run contracts:generate      npm run contracts:check

Writes what is made from the contracts and configurations: docs/contracts/, .env.example and the lock of released samples.

  --check   writes nothing; fails when something is not current, or is not valid
`;

/** Returns what is wrong, one line each. */
async function run(isCheck: boolean): Promise<string[]> {
  // Loaded only now: their imports need the hooks above.
  const { outdated, writeDocuments } = await import('./documents.ts');
  const { findFaults } = await import('./validate.ts');
  if (!isCheck) await writeDocuments();
  return [...findFaults(), ...(await outdated()).map((path) => `${path} is not current: run npm run contracts:generate`)];
}

if (process.argv.includes('--help')) {
  process.stdout.write(usage);
} else {
  const isCheck = process.argv.includes('--check');
  const faults = await run(isCheck).catch(failWith);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
  else process.stdout.write(`the contract documents are ${isCheck ? 'current' : 'written'} and valid\n`);
}
