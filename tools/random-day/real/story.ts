import type { Demo } from '../../stack/demo.ts';
import { ask } from './ask.ts';

interface Timeline {
  readonly entries: readonly { readonly at: string; readonly service: string; readonly kind: string; readonly detail: unknown }[];
  readonly missing: readonly { readonly service: string; readonly reason: string }[];
}

const LINES_MAX = 80;
/** Whole exchanges stay in the time line itself. */
const LONG = ['request', 'response'];

/** What happened to an order, as the four services tell it. What repeats itself is told once. */
export async function storyOf(demo: Demo, orderId: string): Promise<string[]> {
  const { status, body } = await ask({ url: `${demo.order.url}/v1/orders/${orderId}/timeline`, method: 'GET', key: demo.apiKeys.system.key, fine: [404] });
  if (status === 404) return ['order does not know it'];
  const { entries, missing } = body as Timeline;
  const told: { readonly at: string; readonly text: string; times: number }[] = [];
  for (const { at, service, kind, detail } of entries) {
    const text = `${service.padEnd(15)} ${kind} ${JSON.stringify(detail, (key, value: unknown) => (LONG.includes(key) || key === 'durationMs' ? undefined : value))}`;
    const last = told.at(-1);
    if (last?.text === text) last.times += 1;
    else told.push({ at, text, times: 1 });
  }
  const lines = told.map(({ at, text, times }) => `${at}  ${text}${times === 1 ? '' : ` (${times} times)`}`);
  return [
    ...lines.slice(0, LINES_MAX),
    ...(lines.length > LINES_MAX ? [`and ${lines.length - LINES_MAX} more`] : []),
    ...missing.map(({ service, reason }) => `${service} did not tell its part: ${reason}`),
  ];
}
