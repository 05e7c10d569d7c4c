import { parseArgs } from 'node:util';
import { OptionError, SEED_MAX, wholeNumber } from '../options.mjs';

/** @typedef {{ seed: number | undefined, seeds: { from: number, to: number } | undefined, orders: number, minutes: number, kills: boolean, plan: boolean, json: string | undefined, keep: boolean }} RealDayOptions */

const ORDERS_MAX = 10_000;
const MINUTES_MAX = 120;
const DAYS_MAX = 1_000;

const MINUTES = { calm: '0.5', withKills: '1' };

/**
 * Read before anything is installed, so with built-ins only.
 * @param {string[]} args
 * @returns {RealDayOptions}
 */
export function readRealOptions(args) {
  const values = parse(args);
  if (values.seed !== undefined && values.seeds !== undefined) throw new OptionError('Give --seed or --seeds, not both.');
  const kills = values.kills === true;
  return {
    seed: values.seed === undefined ? undefined : wholeNumber('seed', values.seed, { min: 0, max: SEED_MAX }),
    seeds: values.seeds === undefined ? undefined : range(values.seeds),
    orders: wholeNumber('orders', values.orders ?? '300', { min: 1, max: ORDERS_MAX }),
    minutes: minutesOf(values.minutes ?? (kills ? MINUTES.withKills : MINUTES.calm)),
    kills,
    plan: values.plan === true,
    json: values.json,
    keep: values.keep === true,
  };
}

/** @param {string[]} args */
function parse(args) {
  const text = /** @type {const} */ ({ type: 'string' });
  const flag = /** @type {const} */ ({ type: 'boolean' });
  try {
    return parseArgs({ args, options: { seed: text, seeds: text, orders: text, minutes: text, kills: flag, plan: flag, json: text, keep: flag } }).values;
  } catch (error) {
    throw new OptionError(`${/** @type {Error} */ (error).message.split('. ')[0]}.`);
  }
}

/** @param {string} text */
function range(text) {
  const [, from = '', to = ''] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  const bounds = { from: wholeNumber('seeds', from, { min: 0, max: SEED_MAX }), to: wholeNumber('seeds', to, { min: 0, max: SEED_MAX }) };
  if (bounds.to < bounds.from || bounds.to - bounds.from >= DAYS_MAX) throw new OptionError(`--seeds is "${text}": give A..B, at most ${DAYS_MAX} of them.`);
  return bounds;
}

/** @param {string} text */
function minutesOf(text) {
  const minutes = Number(text);
  if (text === '' || !(minutes > 0 && minutes <= MINUTES_MAX)) throw new OptionError(`--minutes is "${text}": give more than 0, at most ${MINUTES_MAX}.`);
  return minutes;
}
