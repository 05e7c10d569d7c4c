import { parseArgs } from 'node:util';

export const usage = `npm run bench -- orders|latency [--rate R] [--seconds S] [--warm S] [--json FILE] [--profile]

Loads the whole system (PostgreSQL, Kafka, four services, simulator) on this machine, in a data folder and on ports of
its own, then compares its five books. The simulated customer confirms each code 100 ms after its issue.

  orders         saturation: 256 callers, each places its next order as soon as it has the code of the last
  latency        a fixed schedule of arrivals; an answer's time counts from when its order was due

  --rate R       orders per second, for latency (150)
  --seconds S    how long to measure (60)
  --warm S       how long to load before that, so that the JIT has seen everything (20)
  --json FILE    write the result there
  --profile      explain the result: CPU profile of each Node process and the costliest SQL. Costs speed itself
  --help         this text

Exit codes: 0 if nobody failed and the audit is clean, 3 if not, 1 if it could not be measured, 2 for a wrong option.
Figures depend on the machine and on what else it does: compare only runs of the same minutes.
`;

/** @typedef {{ load: 'orders' | 'latency', rate: number, seconds: number, warm: number, json: string | undefined, profile: boolean }} BenchOptions */

/** What is wrong with the command line, as a sentence. */
export class OptionError extends Error {}

const RATE_MAX = 5_000;
const SECONDS_MAX = 3_600;

/**
 * Read before anything is installed, so with built-ins only.
 * @param {string[]} args
 * @returns {BenchOptions}
 */
export function readOptions(args) {
  const { values, positionals } = parse(args);
  const [load, ...more] = positionals;
  if ((load !== 'orders' && load !== 'latency') || more.length > 0) throw new OptionError('Say which benchmark: orders, latency or reconcile.');
  if (load === 'orders' && values.rate !== undefined) throw new OptionError('--rate belongs to latency: orders goes as fast as the system does.');
  return {
    load,
    rate: numberOf('rate', values.rate ?? '150', { min: 1, max: RATE_MAX }),
    seconds: numberOf('seconds', values.seconds ?? '60', { min: 1, max: SECONDS_MAX }),
    warm: numberOf('warm', values.warm ?? '20', { min: 0, max: SECONDS_MAX }),
    json: values.json,
    profile: values.profile ?? false,
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { rate: { type: 'string' }, seconds: { type: 'string' }, warm: { type: 'string' }, json: { type: 'string' }, profile: { type: 'boolean' } },
    });
  } catch (error) {
    // The advice that follows the first sentence is for positional arguments, which are two words here.
    throw new OptionError(`${/** @type {Error} */ (error).message.split('. ')[0]}.`);
  }
}

/**
 * @param {string} name
 * @param {string} text
 * @param {{ min: number, max: number }} bounds
 */
function numberOf(name, text, { min, max }) {
  const number = Number(text);
  if (text === '' || !Number.isFinite(number) || number < min || number > max) throw new OptionError(`--${name} is "${text}": give ${min} to ${max}.`);
  return number;
}
