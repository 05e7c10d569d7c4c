import type { Demo } from '../../stack/demo.ts';
import { ask } from './ask.ts';

interface Timeline {
  readonly entries: readonly { readonly at: string; readonly service: string; readonly kind: string; readonly detail: unknown }[];
  readonly missing: readonly { readonly service: string; readonly reason: string }[];
}

const LINES_MAX = 80;

/** What happened to an order, as the four services tell it. */
export async function storyOf(demo: Demo, orderId: string): Promise<string[]> {
  const { status, body } = await ask({ url: `${demo.order.url}/v1/orders/${orderId}/timeline`, method: 'GET', key: demo.apiKeys.system.key, fine: [404] });
  if (status === 404) return ['  order does not know it'];
  const { entries, missing } = body as Timeline;
  const lines = entries.map(({ at, service, kind, detail }) => `  ${at}  ${service.padEnd(15)} ${kind} ${JSON.stringify(detail)}`);
  return [
    ...lines.slice(0, LINES_MAX),
    ...(lines.length > LINES_MAX ? [`  and ${lines.length - LINES_MAX} more`] : []),
    ...missing.map(({ service, reason }) => `  ${service} did not tell its part: ${reason}`),
  ];
}
