import '../contracts/from-source.ts';
import { writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import type { BrokenRule } from './broken-rules.ts';
import { readOptions, SEED_MAX } from './options.mjs';
import { rules, type Violation } from './rules.ts';

// Loaded only now, from the sources of the services.
const { simulateDay } = await import('./day.ts');
const { brokenRules } = await import('./broken-rules.ts');

const options = readOptions(process.argv.slice(2));
const seed = options.seed ?? randomInt(SEED_MAX);
/** A rule that is broken on purpose must be noticed within so many days. */
const CAUGHT_WITHIN = 20;
const STORY_LINES_MAX = 80;
/** So many days must have seen everything that can happen; a simulation that misses some of it would prove less than it says. */
const DAYS_FOR_ALL = 200;
const EVERYTHING = [
  ...['pay', 'inquire', 'cancel', 'give-back-cancel', 'refund', 'inquire-refund'].map((call) => `call ${call}`),
  ...[
    'PaySent', 'PayWithheld', 'PayUnknown', 'CodeIssued', 'Inquired', 'InquiryWanted', 'ClosingStarted', 'CancelSent', 'PaidSeen', 'Succeeded', 'Failed', 'Expired', 'Cancelled', 'LateSuccess',
    'GivingBack', 'GiveBackTried', 'GivenBack', 'ReportQuarantined', 'AttentionNeeded', 'RefundRequested', 'RefundUnanswered', 'RefundNotArrived', 'RefundSucceeded', 'RefundFailed', 'RefundReversed',
  ].map((event) => `payment ${event}`),
  ...[
    'OrderPlaced', 'PaymentDelayed', 'NewCodeRequested', 'CodeReady', 'CodeClosed', 'OrderPaid', 'CancelRequested', 'CancelRefused', 'OrderCancelled', 'OrderExpired', 'OrderFailed', 'AttentionNeeded',
    'RefundRequested', 'RefundSucceeded', 'RefundFailed', 'RefundReversed',
  ].map((event) => `order ${event}`),
];

process.exitCode = options.break === undefined ? run(options.days) : expectCaught(options.break);

function run(days: number): number {
  const startedAt = Date.now();
  const happened = new Map(EVERYTHING.map((what) => [what, 0]));
  let [orders, steps] = [0, 0];
  for (let day = 0; day < days; day += 1) {
    const result = simulateDay({ seed: seed + day, broken: {} });
    orders += result.orders;
    steps += result.steps;
    for (const [what, times] of result.happened) happened.set(what, (happened.get(what) ?? 0) + times);
    if (result.violation !== undefined) return fail(seed + day, result.violation);
  }
  const seconds = (Date.now() - startedAt) / 1_000;
  say(`${days} random days from seed ${seed}: ${orders} orders, ${steps} steps in ${seconds.toFixed(1)} s (${Math.round((days / seconds) * 60)} days a minute)`);
  for (const text of Object.values(rules)) say(`  holds: ${text}`);
  const missed = days < DAYS_FOR_ALL ? [] : EVERYTHING.filter((what) => happened.get(what) === 0);
  if (missed.length > 0) say(`  never happened, so nothing is proved about it: ${missed.join(', ')}`);
  save({ seed, days, orders, steps, seconds, rules, violation: null, happened: Object.fromEntries(happened) });
  return missed.length === 0 ? 0 : 1;
}

/** @returns the exit code: 0 when it was noticed */
function expectCaught(name: keyof typeof brokenRules): number {
  const broken: BrokenRule = brokenRules[name];
  for (let day = 0; day < CAUGHT_WITHIN; day += 1) {
    const { violation } = simulateDay({ seed: seed + day, broken });
    if (violation === undefined) continue;
    say(`${name}: caught at seed ${seed + day} (day ${day + 1} of at most ${CAUGHT_WITHIN}): not true that ${rules[violation.rule]}: ${violation.detail}`);
    save({ seed, broken: name, caughtAt: seed + day, violation });
    return 0;
  }
  say(`${name}: NOT caught from seed ${seed} to ${seed + CAUGHT_WITHIN - 1}`);
  return 1;
}

function fail(failedSeed: number, violation: Violation): number {
  const { rule, orderKey, detail } = violation;
  say(`seed ${failedSeed}: not true that ${rules[rule]}: ${detail}`);
  say(`what happened to ${orderKey}:`);
  const story = storyOf(failedSeed, orderKey);
  for (const line of story.slice(0, STORY_LINES_MAX)) say(line);
  if (story.length > STORY_LINES_MAX) say(`  and ${story.length - STORY_LINES_MAX} more`);
  say(`again: npm run random-day -- --in-process --days 1 --seed ${failedSeed}`);
  save({ seed: failedSeed, violation, story });
  return 1;
}

/** The same day once more, listening to one order. What repeats itself is told once. */
function storyOf(day: number, orderKey: string): string[] {
  const told: { readonly at: Date; readonly text: string; times: number }[] = [];
  const hear = (at: Date, text: string): void => {
    const last = told.at(-1);
    if (last?.text === text) last.times += 1;
    else told.push({ at, text, times: 1 });
  };
  simulateDay({ seed: day, broken: {}, tell: (key, at, text) => (key === orderKey ? hear(at, text) : undefined) });
  return told.map(({ at, text, times }) => `  ${at.toISOString()}  ${text}${times === 1 ? '' : ` (${times} times)`}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function save(result: unknown): void {
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
}
