import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { demoFile } from './config.js';
import { repoRoot, run } from './commands.js';
import { orderWhen } from './till.js';

/** Four starts of a Java machine, on a machine that is busy with other tests. */
const PASTED_WITHIN_MS = 240_000;

const page = readFileSync(join(repoRoot, 'docs', 'how-to', 'publish-an-order.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);

it('what the how-to says, pasted into a shell from top to bottom, does what it says', async () => {
  expect(blocks.length).toBeGreaterThanOrEqual(8);
  const script = ['set -euo pipefail', ...blocks].join('\n');
  const printed = await run('bash', ['-c', script], { env: { DEMO: demoFile }, cwd: repoRoot, withinMs: PASTED_WITHIN_MS });

  const number = /"orderId":"H-(\d+)"/.exec(printed)?.[1] ?? '';
  expect(printed).toMatch(new RegExp(`^data: (?=.*"orderId":"H-${number}").*"type":"order.cancelled"`, 'm'));
  for (const way of ['J', 'S']) expect(printed).toMatch(new RegExp(`"orderId":"${way}-${number}".*"codeStatus":"ready"`));
  // Its last block gives this one up.
  expect(await orderWhen(`J-${number}`, 'to be cancelled', ({ status }) => status === 'cancelled')).toMatchObject({ endReason: 'Closed for today' });
});
