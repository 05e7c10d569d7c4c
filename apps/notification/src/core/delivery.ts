/** One message for one webhook endpoint, as far as the decision needs it. */
export interface Delivery {
  /** Requests made before this one. */
  readonly attempts: number;
  readonly createdAt: Date;
}

/** What became of a request. Only a 2xx says that the chain has heard it. */
export type Answer =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly reason: string };

export type Verdict =
  | { readonly status: 'delivered' }
  | { readonly status: 'waiting'; readonly nextAt: Date; readonly problem: string }
  | { readonly status: 'given-up'; readonly problem: string };

export type DeliveryStatus = Verdict['status'];

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** After the last of them, every twelve hours. */
const RETRY_MS = [SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS] as const;
/** No request is made later than this after the message was made. */
export const TRIED_FOR_MS = 72 * HOUR_MS;
/** Each delay is shortened or lengthened by up to this share, so that what failed together does not come back together. */
export const JITTER_SHARE = 0.1;

/** @param chance from 0 (earliest) to 1 (latest); @returns milliseconds to wait after the given number of requests */
export function retryDelayMs(attempts: number, chance: number): number {
  const delayMs = RETRY_MS[Math.min(attempts, RETRY_MS.length) - 1] ?? SECOND_MS;
  return Math.round(delayMs * (1 - JITTER_SHARE + 2 * JITTER_SHARE * chance));
}

/** @param chance from 0 to 1, picks the moment of the next request within its jitter */
export function decide(delivery: Delivery, answer: Answer, now: Date, chance: number): Verdict {
  if (answer.kind === 'answered' && answer.status >= 200 && answer.status < 300) return { status: 'delivered' };
  const problem = answer.kind === 'answered' ? `answered ${answer.status}` : answer.reason;
  const nextAt = new Date(now.getTime() + retryDelayMs(delivery.attempts + 1, chance));
  const isOver = nextAt.getTime() > delivery.createdAt.getTime() + TRIED_FOR_MS;
  return isOver ? { status: 'given-up', problem } : { status: 'waiting', nextAt, problem };
}

/** Every way from one state to another; the specification walks the decisions and finds exactly these. */
export const transitions: readonly (readonly [from: DeliveryStatus | '(none)', to: DeliveryStatus, by: string])[] = [
  ['(none)', 'waiting', 'told'],
  ['waiting', 'delivered', '2xx'],
  ['waiting', 'waiting', 'anything else'],
  ['waiting', 'given-up', 'anything else, three days over'],
];

/** Mermaid source, as the README shows it. */
export function stateDiagram(): string {
  const name = (status: DeliveryStatus | '(none)') => (status === '(none)' ? '[*]' : status.replaceAll('-', '_'));
  return ['stateDiagram-v2', ...transitions.map(([from, to, by]) => `    ${name(from)} --> ${name(to)}: ${by}`)].join('\n');
}
