import { parseArgs } from 'node:util';

export const usage = `npm run random-day -- [--seed N | --seeds A..B] [--orders N] [--minutes M] [--kills] [--plan] [--json FILE] [--keep]
npm run random-day -- --in-process [--days N] [--seed S] [--break RULE] [--json FILE]

Plays days of a shop at random: customers who pay, dawdle, decline, vanish, scan twice; tills that cancel, want new codes
and give money back; a line to Alipay that loses, delays and spoils; processes that die. Then the books must agree, and every
difference to Alipay's files must come from something that was done on purpose.

With real processes, on a system of its own whose business clock runs faster (free ports, a fresh data folder below .data/):

  --seed N       the day's seed: the same seed makes the same plan. Without it one is drawn and printed
  --seeds A..B   one day after another on the same system
  --orders N     how many customers come (300)
  --minutes M    real minutes in which they come (0.5; 1 with --kills)
  --kills        services, broker, database and simulator are killed (kill -9) at random moments and started again
  --plan         print the plan and its hash, and do nothing
  --json FILE    write the audit, the invariants and what happened there, after each day
  --keep         leave the data folder and its logs behind, also when everything held

In one process, in virtual time:

  --in-process   only the decisions of order and gateway, against a model of Alipay: thousands of days a minute. There are no
                 files: what Alipay would list is compared with what reconciliation's rule would expect
  --days N       how many days; each has its own seed, one after the other (1000)
  --seed S       the first day's seed
  --break RULE   break a rule of the gateway on purpose: must be noticed within 20 days.
                 skip-the-inquiry, close-on-our-clock, unknown-is-failed, new-id-on-retry, forget-the-reserve, take-any-amount
  --json FILE    write the result there

  --help         this text

Exit codes: 0 every invariant held (or the broken rule was noticed), 1 not, 2 for a wrong option.
`;

/** @typedef {'skip-the-inquiry' | 'close-on-our-clock' | 'unknown-is-failed' | 'new-id-on-retry' | 'forget-the-reserve' | 'take-any-amount'} BrokenRuleName */
/** @typedef {{ days: number, seed: number | undefined, break: BrokenRuleName | undefined, json: string | undefined }} DayOptions */

/** @type {readonly BrokenRuleName[]} */
export const BREAKABLE = ['skip-the-inquiry', 'close-on-our-clock', 'unknown-is-failed', 'new-id-on-retry', 'forget-the-reserve', 'take-any-amount'];
/** What is wrong with the command line, as a sentence. */
export class OptionError extends Error {}

export const SEED_MAX = 0xffff_ffff;
const DAYS_MAX = 1_000_000;

/**
 * Read before anything is installed, so with built-ins only.
 * @param {string[]} args
 * @returns {DayOptions}
 */
export function readOptions(args) {
  const values = parse(args);
  if (values['in-process'] !== true) throw new OptionError('Say how: --in-process.');
  const rule = BREAKABLE.find((each) => each === values.break);
  if (values.break !== undefined && rule === undefined) throw new OptionError(`--break is "${values.break}": one of ${BREAKABLE.join(', ')}.`);
  if (rule !== undefined && values.days !== undefined) throw new OptionError('--days does not go with --break: a broken rule gets 20.');
  return {
    days: wholeNumber('days', values.days ?? '1000', { min: 1, max: DAYS_MAX }),
    seed: values.seed === undefined ? undefined : wholeNumber('seed', values.seed, { min: 0, max: SEED_MAX }),
    break: rule,
    json: values.json,
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({ args, options: { 'in-process': { type: 'boolean' }, days: { type: 'string' }, seed: { type: 'string' }, break: { type: 'string' }, json: { type: 'string' } } }).values;
  } catch (error) {
    throw new OptionError(`${/** @type {Error} */ (error).message.split('. ')[0]}.`);
  }
}

/**
 * @param {string} name
 * @param {string} text
 * @param {{ min: number, max: number }} bounds
 */
export function wholeNumber(name, text, { min, max }) {
  const number = Number(text);
  if (text === '' || !Number.isInteger(number) || number < min || number > max) throw new OptionError(`--${name} is "${text}": give a whole number from ${min} to ${max}.`);
  return number;
}
