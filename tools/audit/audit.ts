import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { Problem, failWith } from '../bootstrap/problem.mjs';
import { report } from '../bootstrap/progress.mjs';
import { DEFAULT_DATA_FOLDER, dataFolder, readJson } from '../stack/data-folder.ts';
import type { DatabaseUrls } from '../stack/databases.ts';
import { auditJson, auditText, isClean } from './judge.ts';
import type { AuditTarget } from './read-books.ts';
import { runAudit } from './run-audit.ts';

const EXIT_FINDINGS = 3;
const SETTLE_SECONDS_MAX = 3_600;

interface Options {
  readonly json?: string;
  readonly data: string;
  readonly settle: number;
}

const program = new Command('npm run audit --')
  .description('Compares five books of a running system, order by order: Alipay\'s ledger (the simulator), payments and refunds of the gateway, orders, what stores were told, and what reconciliation expects.')
  .option('--json <file>', 'write {orders, lost, double, disagree, invariants: [{name, holds, findings}]} there')
  .option('--data <dir>', 'data folder of the stack', DEFAULT_DATA_FOLDER)
  .option('--settle <seconds>', 'first wait at most so long until nothing is under way', secondsOf, 0)
  .addHelpText('after', `
Each count is of orders with at least one such finding; the first 20 findings are printed.
  lost      paid at Alipay and not given back, but not so at the gateway or in order; given back at Alipay, but not so here; ended
            or refunded, but its store was never told; paid or refunded, but not expected by reconciliation; not ended a minute
            after its deadline, or (with --settle) still in our hands
  double    two paid payments of one order; its end or a refund told twice; one payment or refund expected twice
  disagree  an amount, a currency, a status, an id of Alipay's or a sum differs between two books
A success that came late and waits for a person counts as known. What a cancel or a refund gave back counts as given back.
Besides, the invariants of the payment life are checked over all orders, and named where they do not hold.
Without --settle, what is just being written may look like a finding.

Exit codes: 0 clean, 3 findings, 1 the audit could not be made.`)
  .parse();

const { json, data, settle } = program.opts<Options>();
try {
  const result = await runAudit(targetOf(data), { settleMs: settle * 1_000, tell: (what) => report('audit', what) });
  process.stdout.write(`${auditText(result)}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(auditJson(result))}\n`);
  process.exitCode = isClean(result) ? 0 : EXIT_FINDINGS;
} catch (error) {
  failWith(error);
}

function targetOf(path: string): AuditTarget {
  const { stackFile } = dataFolder(path);
  const stack = readJson<{ urls: { simulator: string }; databaseUrls: DatabaseUrls; brokers: string[] }>(stackFile);
  if (stack === undefined) throw new Problem(`There is no ${stackFile}: start the system first, or name its data folder with --data.`);
  return { simulatorUrl: stack.urls.simulator, databaseUrls: stack.databaseUrls, brokers: stack.brokers };
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 0 || seconds > SETTLE_SECONDS_MAX) throw new InvalidArgumentError(`0 to ${SETTLE_SECONDS_MAX} seconds.`);
  return seconds;
}
