import { parseArgs } from 'node:util';
import { OptionError } from '../options.mjs';

export const usage = `npm run bench -- reconcile [--rows N] [--report NAME] [--json FILE]

Imports one file of one day and account through the API of one reconciliation service, on a PostgreSQL that keeps what
it commits (fsync), and matches it with as many expectations. Then the yardstick on the same server: a bare COPY of the
same file with all its columns, and a bare join with the expectations by id and amount.

  --rows N       rows in the file (1000000)
  --report NAME  transaction-items or settlement-items, of generation A (transaction-items)
  --json FILE    write the result there
  --help         this text

Exit codes: 0 if every row matched, 3 if there are breaks, 1 if it could not be measured, 2 for a wrong option.
Figures depend on the machine and on what else it does: compare only runs of the same minutes.
`;

/** @typedef {'transaction-items' | 'settlement-items'} Report */
/** @typedef {{ rows: number, report: Report, json: string | undefined }} ReconcileOptions */

const REPORTS = /** @type {const} */ (['transaction-items', 'settlement-items']);
const ROWS_MAX = 50_000_000;

/**
 * Read before anything is installed, so with built-ins only.
 * @param {string[]} args without the word that chose this benchmark
 * @returns {ReconcileOptions}
 */
export function readReconcileOptions(args) {
  const { rows: text = '1000000', report: name = 'transaction-items', json } = parse(args);
  const rows = Number(text);
  if (!/^\d+$/.test(text) || rows < 1 || rows > ROWS_MAX) throw new OptionError(`--rows is "${text}": give 1 to ${ROWS_MAX}.`);
  const report = REPORTS.find((known) => known === name);
  if (report === undefined) throw new OptionError(`--report is "${name}": give ${REPORTS.join(' or ')}.`);
  return { rows, report, json };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({ args, options: { rows: { type: 'string' }, report: { type: 'string' }, json: { type: 'string' } } }).values;
  } catch (error) {
    throw new OptionError(/** @type {Error} */ (error).message);
  }
}
