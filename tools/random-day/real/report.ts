import { auditText } from '../../audit/judge.ts';
import { report } from '../../bootstrap/progress.mjs';
import type { DayResult } from './day.ts';
import type { DaySize } from './plan.ts';

/** For people: what was, what waits for somebody, and what must not be, with its story. */
export function tellDay(result: DayResult, stories: Readonly<Record<string, readonly string[]>>, size: DaySize): void {
  const { seed, planHash, seconds, audit, closed, breaks, violations, waitingForPeople, answers, faults, kills } = result;
  const name = `day ${seed}`;
  report(name, auditText({ ...audit, isSettled: true }));
  report(name, `answers: ${textOf(answers)}`);
  report(name, `faults: ${textOf(faults)}`);
  if (Object.keys(kills).length > 0) report(name, `kills: ${textOf(kills)}`);
  report(name, `${closed.date} closed, ${closed.files} files, ${closed.lines} lines; planted: ${closed.planted.map(({ kind }) => kind).join(', ') || 'nothing'}`);
  report(name, `breaks: ${textOf(breaks) || 'none'}`);
  for (const what of waitingForPeople) report('known', `${what}: waits for a person`);
  for (const what of violations) report('VIOLATED', what);
  for (const [orderId, story] of Object.entries(stories)) {
    report('story', orderId);
    for (const line of story) report('', line);
  }
  report(violations.length === 0 ? 'passed' : 'FAILED', `day ${seed} (plan ${planHash}) in ${seconds} s${violations.length === 0 ? '' : `; again: npm run random-day -- ${optionsOf(size)}`}`);
}

function optionsOf({ seed, orders, minutes, withKills }: DaySize): string {
  return `--seed ${seed} --orders ${orders} --minutes ${minutes}${withKills ? ' --kills' : ''}`;
}

function textOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).map(([name, times]) => `${times} ${name}`).join(', ');
}
