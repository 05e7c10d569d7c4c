import './from-source.ts';

const usage = `npm run contracts:generate      npm run contracts:check

Writes what is made from the contracts and configurations: docs/contracts/, .env.example and the lock of released samples.

  --check   writes nothing; fails when something is not current, or is not valid
`;

/** Loaded only now: their imports need the hooks above. */
const { outdated, writeDocuments } = await import('./documents.ts');
const { findFaults } = await import('./validate.ts');

const isCheck = process.argv.includes('--check');
if (process.argv.includes('--help')) {
  process.stdout.write(usage);
} else {
  if (!isCheck) await writeDocuments();
  const faults = [...findFaults(), ...(await outdated()).map((path) => `${path} is not current: run npm run contracts:generate`)];
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
  else process.stdout.write(isCheck ? 'the contract documents are current and valid\n' : 'the contract documents are written and valid\n');
}
